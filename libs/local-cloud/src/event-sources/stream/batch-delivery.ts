import { type Invocation } from '../invocation/invoker.js';
import { failedItems } from '../invocation/batch-failures.js';
import type { StreamSource } from '@lethe/topology';
import { type DiscardCondition, type Discard } from './discarded-batch.js';
import { type ShardRecord } from './stream-event.js';

/** How a batch gets to its function. */
export interface DeliveryParts {
  readonly rules: Pick<StreamSource, 'maximumRetryAttempts' | 'maximumRecordAgeSeconds' | 'bisectBatchOnFunctionError'>;
  readonly invoke: (records: readonly ShardRecord[]) => Promise<Invocation>;
  /** These have been dealt with. */
  readonly done: (records: readonly ShardRecord[]) => void;
  /** These are given up; resolves once the on-failure destination knows. */
  readonly discard: (records: readonly ShardRecord[], why: Omit<Discard, 'functionArn'>) => Promise<void>;
  readonly pause: (attempt: number) => Promise<void>;
  readonly now: () => number;
  /** True from when nothing is to be begun any more; what is not done is delivered at the next start. */
  readonly stopped: () => boolean;
}

/** Records that go to the function together. */
interface Batch {
  readonly records: readonly ShardRecord[];
  /** Retries so far: dividing a batch counts for none. */
  readonly retries: number;
  readonly invocations: number;
  readonly answer: unknown;
}

/**
 * Brings records to their function in order, by the rules of an event source mapping for a stream: a batch is retried
 * until it succeeds, has been retried often enough or is too old; where a function names the first record that failed,
 * those before it are done; with bisect a batch that failed is divided, there or in the middle. What never reached the
 * function (throttling, or the function's server away) is retried until it is too old.
 */
export async function deliver(records: readonly ShardRecord[], parts: DeliveryParts): Promise<void> {
  const waiting: Batch[] = [{ records, retries: 0, invocations: 0, answer: undefined }];
  for (let batch = waiting.shift(); batch !== undefined && !parts.stopped(); batch = waiting.shift()) {
    const fresh = await withoutExpired(batch, parts);
    if (fresh.records.length > 0) waiting.unshift(...(await attempt(fresh, parts)));
  }
}

/** Gives up the records that are too old, which come first in a shard. */
async function withoutExpired(batch: Batch, { rules, now, discard, done }: DeliveryParts): Promise<Batch> {
  if (rules.maximumRecordAgeSeconds < 0) return batch;
  const oldest = now() - rules.maximumRecordAgeSeconds * 1_000;
  const young = batch.records.findIndex(({ arrivedAt }) => arrivedAt >= oldest);
  const count = young < 0 ? batch.records.length : young;
  if (count === 0) return batch;
  const expired = batch.records.slice(0, count);
  await discard(expired, why('RecordAgeExceeded', batch));
  done(expired);
  return { ...batch, records: batch.records.slice(count) };
}

/** Invokes once; gives the batches that are to be delivered next, in order. */
async function attempt(batch: Batch, parts: DeliveryParts): Promise<Batch[]> {
  const { records } = batch;
  const answer = await parts.invoke(records);
  const invocations = batch.invocations + 1;
  if (answer.type === 'unavailable') {
    await parts.pause(invocations);
    return [{ ...batch, invocations }];
  }
  const at = firstFailure(answer, records);
  parts.done(records.slice(0, at));
  if (at === records.length) return [];
  const left = { ...batch, records: records.slice(at), invocations, answer: answer.payload };
  if (parts.rules.bisectBatchOnFunctionError && (at > 0 || left.records.length > 1)) {
    await parts.pause(1);
    return at > 0 ? [left] : halves(left);
  }
  return retried(left, parts);
}

/** The place of the first record that failed; the number of records where none did. */
function firstFailure(answer: Invocation & { type: 'returned' | 'failed' }, records: readonly ShardRecord[]): number {
  if (answer.type === 'failed') return 0;
  const failed = failedItems(answer.payload, new Set(records.map(({ sequenceNumber }) => sequenceNumber)));
  if (failed === undefined) return 0;
  const at = records.findIndex(({ sequenceNumber }) => failed.has(sequenceNumber));
  return at < 0 ? records.length : at;
}

function halves(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.records.length / 2);
  return [batch.records.slice(0, middle), batch.records.slice(middle)].map((records) => ({ ...batch, records }));
}

async function retried(batch: Batch, { rules, pause, discard, done }: DeliveryParts): Promise<Batch[]> {
  if (rules.maximumRetryAttempts < 0 || batch.retries < rules.maximumRetryAttempts) {
    await pause(batch.retries + 1);
    return [{ ...batch, retries: batch.retries + 1 }];
  }
  await discard(batch.records, why('RetryAttemptsExhausted', batch));
  done(batch.records);
  return [];
}

const why = (condition: DiscardCondition, { invocations, answer }: Batch): Omit<Discard, 'functionArn'> => ({
  condition,
  invocations,
  answer,
});
