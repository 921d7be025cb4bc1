import { describe, expect, it } from '@jest/globals';
import { pause } from '@lethe/kernel';
import { HandlerTimeoutError } from '../../src/messaging.errors.js';
import { VISIBILITY_SECONDS, virtualQueue } from './virtual-consumer.fixture.js';

const LONG_MS = 3 * VISIBILITY_SECONDS * 1_000;

describe('a consumer of a standard queue', () => {
  it('SQS-5: aborts a handler that takes too long, and hides its message for as long as it runs on', async () => {
    const queue = await virtualQueue();
    const runs: { at: number; reason?: unknown }[] = [];
    await queue.send('slow');
    const consumer = await queue.consume(
      async (_received, signal) => {
        const run: { at: number; reason?: unknown } = { at: queue.time.monotonic() };
        runs.push(run);
        signal.addEventListener('abort', () => (run.reason = signal.reason));
        await pause(LONG_MS, undefined, queue.time);
      },
      { handlerTimeoutMs: 1_000 },
    );

    await queue.time.until(() => consumer.settled.length === 1);
    await queue.time.advance(LONG_MS);
    await consumer.close();

    expect(runs).toEqual([{ at: runs[0]?.at, reason: expect.any(HandlerTimeoutError) }]);
  });

  it('SQS-10: keeps messages hidden that wait for their handler, from their receipt on', async () => {
    const queue = await virtualQueue();
    const handled: string[] = [];
    for (const body of ['a', 'b', 'c']) await queue.send(body);
    const work = async ({ body }: { readonly body: string }) => {
      handled.push(body);
      await pause(LONG_MS, undefined, queue.time);
    };
    const consumers = [await queue.consume(work, { concurrency: 1 }), await queue.consume(work, { concurrency: 1 })];

    await queue.time.until(() => consumers.flatMap(({ settled }) => settled).length === 3);
    for (const { close } of consumers) await close();

    expect(handled.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('deletes on sight what it has handled, where the answer to its delete was lost', async () => {
    const queue = await virtualQueue();
    const handled: string[] = [];
    await queue.send('once');
    queue.simulator.faults.inject('lostRequest', { operation: 'DeleteMessageBatch', times: 1_000 });
    const consumer = await queue.consume(({ body }) => void handled.push(body));
    await queue.time.until(() => consumer.settled.length === 1);
    queue.simulator.faults.end();

    await queue.time.until(() => consumer.repeated.length === 1);
    await consumer.close();

    expect(handled).toEqual(['once']);
    expect(queue.simulator.messages(queue.name)).toEqual([]);
  });
});

describe('a consumer of a FIFO queue', () => {
  it('R19: a failed message holds back its group alone, and is retried before its visibility expires', async () => {
    const queue = await virtualQueue({ fifo: true });
    const handled: string[] = [];
    let failures = 0;
    for (const [body, group] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
      ['b2', 'b'],
    ] as const) {
      await queue.send(body, group);
    }
    const consumer = await queue.consume(({ body }) => {
      if (body === 'a1' && (failures += 1) <= 2) throw new Error('not yet');
      handled.push(body);
    });
    const startedAt = queue.time.monotonic();

    await queue.time.until(() => handled.length === 4);
    const tookMs = queue.time.monotonic() - startedAt;
    await consumer.close();

    expect(handled.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(handled.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(tookMs).toBeLessThan(VISIBILITY_SECONDS * 1_000);
  });

  it('dead-letters a message that always fails, and none of those that waited behind it', async () => {
    const queue = await virtualQueue({ fifo: true });
    const handled: string[] = [];
    for (const body of ['poison', 'next', 'last']) await queue.send(body, 'g');
    const consumer = await queue.consume(({ body }) => {
      if (body === 'poison') throw new Error('never');
      handled.push(body);
    });

    await queue.time.until(() => handled.length === 2);
    await consumer.close();

    expect(handled).toEqual(['next', 'last']);
    expect(queue.simulator.messages('dead.fifo').map(({ body }) => body)).toEqual(['poison']);
  });
});
