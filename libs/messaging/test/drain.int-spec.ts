import { deferred, eventually } from '@lethe/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DrainTimeoutError } from '../src/messaging.errors.js';
import { injectFault } from './faults.fixture.js';
import { startReceiver } from './receiver.fixture.js';
import { Shouted, type Store, createStore } from './store.fixture.js';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('the drain', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('R01: loses and doubles nothing under load: what runs ends, and others take the rest', async () => {
    const counts = new Map<string, number>();
    const gate = deferred();
    let running = 0;
    const count = (id: string) => counts.set(id, (counts.get(id) ?? 0) + 1);
    const hear = async ({ id }: { readonly id: string }) => {
      count(id);
      running += 1;
      await gate.promise;
    };
    const first = await startReceiver(store, hear, { concurrency: 32 });
    const ids = await store.publish(Shouted, range(150));
    await eventually(() => expect(running).toBe(32));

    const closing = first.close();
    const second = await startReceiver(store, ({ id }) => void count(id));
    await second.settled(150 - 32);
    gate.resolve();
    await closing;
    await second.close();

    expect([...counts.keys()].sort()).toEqual([...ids].sort());
    expect(new Set(counts.values())).toEqual(new Set([1]));
    expect(await store.receive(store.queueUrl, 0, 0)).toEqual([]);
  });

  it('SQS-4: gives back at once what arrives while it stops', async () => {
    const arrived = deferred();
    const gate = deferred();
    injectFault(
      store.clients.sqs,
      'ReceiveMessage',
      async ({ next }) => {
        const output = await next();
        arrived.resolve();
        await gate.promise;
        return output;
      },
      1,
    );
    const runs: string[] = [];
    const first = await startReceiver(store, () => void runs.push('first'));
    await store.publish(Shouted, [1, 2, 3]);
    await arrived.promise;

    const closing = first.close();
    gate.resolve();
    await closing;
    const second = await startReceiver(store, () => void runs.push('second'));
    await second.settled(3);

    expect(runs).toEqual(['second', 'second', 'second']);
  });

  it('ends the long poll of an idle queue', async () => {
    const replica = await startReceiver(store, () => undefined);
    const startedAt = performance.now();

    await replica.close();

    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('aborts a handler after the grace period, and returns its message for another replica at once', async () => {
    const started = deferred();
    const reasons: unknown[] = [];
    const first = await startReceiver(
      store,
      async (_message, { signal }) => {
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        reasons.push(signal.reason);
        signal.throwIfAborted();
      },
      { drainMs: 50 },
    );
    await store.publish(Shouted, [1]);
    await started.promise;

    await first.close();
    const second = await startReceiver(store, () => undefined);
    const [settled] = await second.settled();

    expect(reasons).toEqual([expect.any(DrainTimeoutError)]);
    expect(settled).toMatchObject({ outcome: 'done', receiveCount: 2 });
  });

  it('does not release the message of a handler that runs on in spite of it', async () => {
    const started = deferred();
    const gate = deferred();
    const replica = await startReceiver(
      store,
      async () => {
        started.resolve();
        await gate.promise;
      },
      { drainMs: 50 },
    );
    await store.publish(Shouted, [1]);
    await started.promise;

    await replica.close();

    expect(await store.receive(store.queueUrl, 0)).toEqual([]);
    gate.resolve();
    await replica.settled();
  });

  it('SQS-3, SQS-4: deletes what was handled before it closes, though receiving was aborted', async () => {
    const failed = { Id: '0', SenderFault: false, Code: 'InternalError', Message: 'try again' };
    const fault = injectFault(store.clients.sqs, 'DeleteMessageBatch', () => ({ Failed: [failed] }), 2);
    const replica = await startReceiver(store, () => undefined);
    await store.publish(Shouted, [1]);
    await eventually(() => expect(fault.calls).toBeGreaterThan(0));

    await replica.close();
    const [settled] = await replica.settled();

    expect(settled).toMatchObject({ outcome: 'done', accepted: true });
    expect(await store.receive(store.queueUrl, 0, 0)).toEqual([]);
  });
});
