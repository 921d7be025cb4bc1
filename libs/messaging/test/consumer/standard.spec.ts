import { ChangeMessageVisibilityBatchCommand, DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Timers, pause } from '@lethe/kernel';
import { describe, expect, it } from '@jest/globals';
import type { MessagingClients } from '../../src/clients.js';
import type { PlainHandle } from '../../src/consumer/consumer.types.js';
import { DrainTimeoutError, HandlerTimeoutError, VisibilityLostError } from '../../src/messaging.errors.js';
import { obeying, simulated } from './simulated.fixture.js';

const bodies = (count: number) => Array.from({ length: count }, (_, n) => `m${n}`);

const first100 = (body: string) => Number(body.slice(1)) < 100;

/** A handler that takes 5 ms for some messages, and so long for the others. */
function quickAt(isQuick: (body: string) => boolean, ms: number, timers: Timers): PlainHandle {
  return ({ body }) => pause(isQuick(body) ? 5 : ms, undefined, timers);
}

/** Clients that tell of each command of SQS before they carry it out. */
function watched(clients: MessagingClients, watch: (input: object, options: unknown) => void): MessagingClients {
  const send: SQSClient['send'] = (command: { readonly input: object }, ...rest: unknown[]) => {
    watch(command, rest[0]);
    return Reflect.apply(clients.sqs.send, clients.sqs, [command, ...rest]);
  };
  return { ...clients, sqs: { send } };
}

describe('a standard queue', () => {
  it('SQS-1: takes no successful delete for a proof: what was lost comes again, also to another replica', async () => {
    const { send, start, time, simulator, queue } = await simulated();
    await send('m');
    simulator.faults.inject('lostRequest', { operation: 'ChangeMessageVisibilityBatch', times: Infinity });
    const seen: string[] = [];
    const first = await start(
      async ({ sqsMessageId }) => {
        seen.push(sqsMessageId);
        await pause(40_000, undefined, time);
      },
      { concurrency: 1 },
    );
    await time.until(() => seen.length === 1);
    const gate = Promise.withResolvers<void>();
    const second = await start(({ sqsMessageId }) => {
      seen.push(sqsMessageId);
      return gate.promise;
    });
    await time.until(() => first.settled.length === 1);
    expect(simulator.messages(queue.name)).toHaveLength(1);
    gate.resolve();
    await time.until(() => second.settled.length === 1);

    expect(first.settled).toMatchObject([{ outcome: 'done', accepted: true }]);
    expect(seen).toEqual([seen[0], seen[0]]);
    expect(simulator.messages(queue.name)).toEqual([]);
  });

  it('deletes on sight what it has handled, where the delete did not come through', async () => {
    const { send, start, time, simulator, queue } = await simulated();
    await send('m');
    let runs = 0;
    simulator.faults.inject('lostRequest', { operation: 'DeleteMessageBatch', times: 8 });
    const consumer = await start(() => void (runs += 1));

    await time.until(() => simulator.messages(queue.name).length === 0);

    expect(runs).toBe(1);
    expect(consumer.settled).toMatchObject([{ outcome: 'done', accepted: false }]);
    expect(consumer.repeated).toMatchObject([{ body: 'm', receiveCount: 2 }]);
    // It came back when its timeout was over, and not because anyone returned it.
    expect(simulator.history.of('visibility')).toEqual([]);
  });

  it('deletes on sight what it has handled, where the delete was stale', async () => {
    const { send, start, time, simulator, queue } = await simulated();
    await send('m');
    simulator.faults.inject('lostRequest', { operation: 'ChangeMessageVisibilityBatch', times: Infinity });
    let runs = 0;
    const first = await start(
      () => {
        runs += 1;
        return pause(40_000, undefined, time);
      },
      { concurrency: 1 },
    );
    await time.until(() => runs === 1);
    const second = await start((_received, signal) => obeying(signal, time).then(() => signal.throwIfAborted()));
    await time.until(() => first.settled.length === 1);
    simulator.faults.end();
    await second.close(0);
    await time.until(() => simulator.messages(queue.name).length === 0);

    expect(runs).toBe(1);
    expect(first.settled).toMatchObject([{ outcome: 'done', accepted: true }]);
    expect(first.repeated).toMatchObject([{ body: 'm', receiveCount: 3 }]);
  });

  it('SQS-2: counts no failed delete as a failed handler, and does not show the message meanwhile', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('m');
    const lost = simulator.faults.inject('lostRequest', { operation: 'DeleteMessageBatch', times: 2 });
    const partial = simulator.faults.inject('partialBatch', { operation: 'DeleteMessageBatch', times: 2 });
    let runs = 0;

    const { settled } = await start(() => void (runs += 1));
    await time.until(() => settled.length === 1);

    expect([lost.struck, partial.struck]).toEqual([2, 2]);
    expect(settled).toMatchObject([{ outcome: 'done', accepted: true }]);
    expect(runs).toBe(1);
    expect(simulator.history.of('visibility')).toEqual([]);
    expect(simulator.history.of('received')).toHaveLength(1);
  });

  it('SQS-3: stops receiving, handling and deleting apart: an aborted receive or handler aborts no delete', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('quick', 'slow');
    const signals = new Set<unknown>();
    const deletes: unknown[] = [];
    const clients = watched(simulator.clients, (command, options) => {
      const signal: unknown = Object(options).abortSignal;
      if (command instanceof DeleteMessageBatchCommand) deletes.push(signal);
      else signals.add(signal);
    });
    const reasons: unknown[] = [];
    const { settled, close } = await start(
      async ({ body }, signal) => {
        signals.add(signal);
        if (body === 'slow') await obeying(signal, time);
        if (signal.aborted) reasons.push(signal.reason);
      },
      { clients },
    );
    await time.until(() => settled.length === 1);

    await close(1_000);

    expect(reasons).toEqual([expect.any(DrainTimeoutError)]);
    expect(signals.size).toBe(3);
    expect(deletes).toEqual([undefined, undefined]);
    expect(settled).toMatchObject([{ accepted: true }, { outcome: 'done', accepted: true }]);
  });

  it('SQS-4: returns what was not begun with at once, waits for handlers, and deletes what they did', async () => {
    const { send, start, time, simulator, queue } = await simulated({ latencyMs: 20 });
    await send(...bodies(300));
    const first = await start(quickAt(first100, 3_000, time), { concurrency: 10 });
    await time.until(() => first.consumer.state.waiting > 0 && first.settled.length >= 100);
    const { waiting } = first.consumer.state;
    const closedAt = time.monotonic();

    const closing = first.consumer.close();
    const second = await start(() => undefined);
    const rest = 300 - first.settled.length - first.consumer.state.running;
    await time.until(() => second.settled.length === rest);
    expect(time.monotonic() - closedAt).toBeLessThan(2_000);
    await time.run(closing);

    expect(waiting).toBeGreaterThan(0);
    expect(first.settled.length + rest).toBe(300);
    expect(first.consumer.state).toMatchObject({ status: 'closed', running: 0, unsettled: 0, polls: 0 });
    expect(simulator.messages(queue.name)).toEqual([]);
  });

  it('SQS-5: aborts a handler that takes too long, and hides its message for as long as it runs on', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('slow');
    const reasons: unknown[] = [];
    let at = 0;
    const consumer = await start(
      async (_received, signal) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          at = time.monotonic();
        });
        await pause(100_000, undefined, time);
        signal.throwIfAborted();
      },
      { handlerTimeoutMs: 1_000, queue: { name: 'q' } },
    );
    await time.until(() => consumer.settled.length === 1);

    expect(reasons).toEqual([expect.any(HandlerTimeoutError)]);
    expect(at).toBeLessThan(2_000);
    expect(time.monotonic()).toBeGreaterThan(100_000);
    expect(simulator.history.of('received').filter(({ at: when }) => when < 100_000)).toHaveLength(1);
    expect(consumer.settled).toMatchObject([{ outcome: 'retried', accepted: true, error: reasons[0] }]);
  });

  it('SQS-6: sends the same message twice in a batch, and knows which of the two failed', async () => {
    const { send, start, time, simulator } = await simulated({ latencyMs: 0 });
    await send('m');
    simulator.faults.inject('duplicate', { operation: 'ReceiveMessage', times: 1 });
    const failed = simulator.faults.inject('partialBatch', { operation: 'DeleteMessageBatch', entry: 1, times: 1 });
    const entries: string[][] = [];
    const clients = watched(simulator.clients, (command) => {
      if (command instanceof DeleteMessageBatchCommand)
        entries.push((command.input.Entries ?? []).map(({ Id = '' }) => Id));
    });

    const { settled } = await start(() => pause(1_000, undefined, time), { clients });
    await time.until(() => settled.length === 2);

    expect(failed.struck).toBe(1);
    expect(entries).toEqual([['0', '1'], ['0']]);
    expect(new Set(settled.map(({ sqsMessageId }) => sqsMessageId)).size).toBe(1);
    expect(settled.map(({ accepted }) => accepted)).toEqual([true, true]);
  });

  it('SQS-8: retries through visibility, never by another copy, with capped and jittered pauses', async () => {
    const { send, start, time, simulator } = await simulated();
    await send(...bodies(20));
    const { settled } = await start(
      ({ receiveCount }) => {
        if (receiveCount < 4) throw new Error('not yet');
      },
      { backoff: { base: 10, cap: 15 } },
    );

    await time.until(() => settled.filter(({ outcome }) => outcome === 'done').length === 20);

    expect(simulator.history.of('sent', 'q')).toHaveLength(20);
    const pauses = simulator.history.of('visibility').map(({ count = -1 }) => count);
    expect(pauses).toHaveLength(60);
    expect(pauses.every((seconds) => 0 <= seconds && seconds <= 15)).toBe(true);
    expect(new Set(pauses).size).toBeGreaterThan(6);
  });

  it('SQS-10: keeps a message hidden from its receipt on, also while it waits for a slot', async () => {
    const { send, start, time, simulator } = await simulated({ latencyMs: 20 });
    await send(...bodies(130));
    const { settled, consumer } = await start(quickAt(first100, 70_000, time), { concurrency: 10 });
    await time.until(() => settled.length >= 100 && consumer.state.waiting > 0);

    await time.until(() => settled.length === 130);

    expect(simulator.history.of('received').filter(({ count }) => count !== 1)).toEqual([]);
    expect(consumer.state.unsettled).toBe(0);
  });

  it('extends many messages in one request', async () => {
    const { send, start, time, simulator } = await simulated();
    await send(...bodies(10));
    const requests: number[] = [];
    const clients = watched(simulator.clients, (command) => {
      if (command instanceof ChangeMessageVisibilityBatchCommand) requests.push(command.input.Entries?.length ?? 0);
    });
    const { settled } = await start(() => pause(70_000, undefined, time), { clients });

    await time.until(() => settled.length === 10);

    expect(requests).toEqual([10, 10, 10]);
  });

  it('R18: aborts a handler whose message is someone else’s now', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('m');
    simulator.faults.inject('lostRequest', { operation: 'ChangeMessageVisibilityBatch', times: Infinity });
    const { settled } = await start(async ({ receiveCount }, signal) => {
      if (receiveCount > 1) return;
      await obeying(signal, time);
      signal.throwIfAborted();
    });

    await time.until(() => settled.length === 2);

    expect(settled).toMatchObject([
      { outcome: 'retried', accepted: false, error: expect.any(VisibilityLostError) },
      { outcome: 'done' },
    ]);
    expect(settled[0]?.durationMs).toBeLessThan(30_000);
  });
});
