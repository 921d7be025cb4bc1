import { describe, expect, it } from '@jest/globals';
import { type Invocation } from '../invocation/invoker.js';
import { type DeliveryParts, deliver } from './batch-delivery.js';
import { type ShardRecord } from './stream-event.js';

const NOW = 1_000_000;
const record = (sequenceNumber: string, arrivedAt = NOW): ShardRecord => ({
  sequenceNumber,
  partitionKey: 'key',
  data: new Uint8Array(),
  arrivedAt,
});
const records = (...names: string[]) => names.map((name) => record(name));
const namesOf = (list: readonly ShardRecord[]) => list.map(({ sequenceNumber }) => sequenceNumber).join('');

const FAILED: Invocation = { type: 'failed', payload: { errorType: 'Error' } };
const FINE: Invocation = { type: 'returned', payload: { batchItemFailures: [] } };
const failedAt = (itemIdentifier: string): Invocation => ({
  type: 'returned',
  payload: { batchItemFailures: [{ itemIdentifier }] },
});
/** A function that names the first record of its batch that is poison. */
const poisonous =
  (poison: string) =>
  (batch: string): Invocation => {
    const first = batch.split('').find((name) => poison.includes(name));
    return first === undefined ? FINE : failedAt(first);
  };

interface Seen {
  readonly invoked: string[];
  readonly done: string[];
  readonly discarded: string[];
}

async function delivering(
  batch: readonly ShardRecord[],
  rules: Partial<DeliveryParts['rules']>,
  answer: (batch: string, attempt: number) => Invocation,
): Promise<Seen> {
  const seen: Seen = { invoked: [], done: [], discarded: [] };
  await deliver(batch, {
    rules: { maximumRetryAttempts: -1, maximumRecordAgeSeconds: -1, bisectBatchOnFunctionError: false, ...rules },
    invoke: (list) => {
      seen.invoked.push(namesOf(list));
      return Promise.resolve(answer(namesOf(list), seen.invoked.length));
    },
    done: (list) => list.length > 0 && seen.done.push(namesOf(list)),
    discard: (list, { condition, invocations }) => {
      seen.discarded.push(`${namesOf(list)} ${condition} ${invocations}`);
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
    now: () => NOW,
    stopped: () => false,
  });
  return seen;
}

describe('the delivery of a batch of a stream', () => {
  it('R23: retries a whole batch until the function takes it', async () => {
    const seen = await delivering(records('a', 'b'), {}, (_batch, attempt) => (attempt < 4 ? FAILED : FINE));

    expect(seen).toEqual({ invoked: ['ab', 'ab', 'ab', 'ab'], done: ['ab'], discarded: [] });
  });

  it('R23: gives a batch up after its retries, with where it lies', async () => {
    const seen = await delivering(records('a', 'b'), { maximumRetryAttempts: 2 }, () => FAILED);

    expect(seen.invoked).toEqual(['ab', 'ab', 'ab']);
    expect(seen.discarded).toEqual(['ab RetryAttemptsExhausted 3']);
    expect(seen.done).toEqual(['ab']);
  });

  it('R19 R23: goes on at the first record that failed', async () => {
    const seen = await delivering(records('a', 'b', 'c'), {}, (_batch, attempt) =>
      attempt === 1 ? failedAt('b') : FINE,
    );

    expect(seen.invoked).toEqual(['abc', 'bc']);
    expect(seen.done).toEqual(['a', 'bc']);
  });

  it('R23: divides a batch that failed until the poison is alone, and keeps the order', async () => {
    const rules = { maximumRetryAttempts: 1, bisectBatchOnFunctionError: true };
    const seen = await delivering(records('a', 'b', 'c', 'd'), rules, (batch) => (batch.includes('c') ? FAILED : FINE));

    // Dividing is no retry: the poison alone is tried once more.
    expect(seen.invoked).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'd']);
    expect(seen.discarded).toEqual(['c RetryAttemptsExhausted 4']);
    expect(seen.done).toEqual(['ab', 'c', 'd']);
  });

  it('R19 R23: divides at the record that the function names', async () => {
    const rules = { maximumRetryAttempts: 0, bisectBatchOnFunctionError: true };
    const seen = await delivering(records('a', 'b', 'c', 'd'), rules, poisonous('b'));

    expect(seen.invoked).toEqual(['abcd', 'bcd', 'bc', 'b', 'c', 'd']);
    expect(seen.discarded).toEqual(['b RetryAttemptsExhausted 4']);
    expect(seen.done.join('')).toBe('abcd');
  });

  it('R19: takes an answer that makes no sense for a failure', async () => {
    const seen = await delivering(records('a'), { maximumRetryAttempts: 0 }, () => failedAt('z'));

    expect(seen.discarded).toEqual(['a RetryAttemptsExhausted 1']);
  });

  it('R23: gives up what is too old, and no more', async () => {
    const batch = [record('a', NOW - 61_000), record('b', NOW - 60_000)];
    const seen = await delivering(batch, { maximumRecordAgeSeconds: 60 }, () => FINE);

    expect(seen).toEqual({ invoked: ['b'], done: ['a', 'b'], discarded: ['a RecordAgeExceeded 0'] });
  });

  it('counts no attempt that never reached the function', async () => {
    const away: Invocation = { type: 'unavailable', reason: 'throttled' };
    const seen = await delivering(records('a'), { maximumRetryAttempts: 0 }, (_batch, attempt) =>
      attempt < 5 ? away : FINE,
    );

    expect(seen).toEqual({ invoked: ['a', 'a', 'a', 'a', 'a'], done: ['a'], discarded: [] });
  });
});
