import { deferred, eventually } from '@lethe/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VisibilityLostError } from '../src/messaging.errors.js';
import { injectFault, outage } from './faults.fixture.js';
import { startReceiver } from './receiver.fixture.js';
import { Shouted, type Store, createStore } from './store.fixture.js';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('the pipeline', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  const operations = (name: string) => store.clients.calls.snapshot()[`sqs.${name}`]?.operations ?? 0;

  it('goes on receiving and handling while one handler is slow', async () => {
    const slow = deferred();
    const replica = await startReceiver(store, ({ data }) => (data.n === 0 ? slow.promise : undefined));

    await store.publish(Shouted, range(60));
    const others = await replica.settled(59);
    slow.resolve();
    const [last] = await replica.settled();

    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
    expect(last).toMatchObject({ outcome: 'done', receiveCount: 1 });
  });

  it('R11: handles no more messages at once than it has slots', async () => {
    const gate = deferred();
    let running = 0;
    let most = 0;
    const hear = async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      running -= 1;
    };
    await store.publish(Shouted, range(30));

    const replica = await startReceiver(store, hear, { concurrency: 12 });
    await eventually(() => expect(running).toBe(12));
    gate.resolve();
    await replica.settled(30);

    expect(most).toBe(12);
  });

  it('deletes handled messages many at a time', async () => {
    const replica = await startReceiver(store, () => undefined);

    await store.publish(Shouted, range(100));
    await replica.settled(100);

    expect(operations('DeleteMessageBatch')).toBeLessThanOrEqual(40);
  });

  it('waits at an empty queue without a busy loop', async () => {
    await startReceiver(store, () => undefined, { waitSeconds: 1 });
    const startedAt = performance.now();

    await eventually(() => expect(operations('ReceiveMessage')).toBeGreaterThanOrEqual(3));

    expect(performance.now() - startedAt).toBeGreaterThan(1_500);
  });

  it('outlives a queue that cannot be polled: it backs off, and logs', async () => {
    const fault = injectFault(store.clients.sqs, 'ReceiveMessage', outage, 4);
    const replica = await startReceiver(store, () => undefined);

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect(settled).toMatchObject({ outcome: 'done' });
    expect(fault.calls).toBe(4);
    expect(replica.lines.filter(({ message }) => message === 'the queue cannot be polled')).toHaveLength(4);
  });

  it('waits out answers that come empty and at once', async () => {
    const fault = injectFault(store.clients.sqs, 'ReceiveMessage', () => ({ Messages: [] }), 5);
    const startedAt = performance.now();
    const replica = await startReceiver(store, () => undefined);

    await store.publish(Shouted, [1]);
    await replica.settled();

    expect(fault.calls).toBe(5);
    expect(performance.now() - startedAt).toBeGreaterThan(20);
  });

  it('R18: keeps a message for longer than its visibility timeout, and handles it once', async () => {
    const gate = deferred();
    let runs = 0;
    const hear = () => {
      runs += 1;
      return gate.promise;
    };
    const replica = await startReceiver(store, hear, { visibilityTimeoutSeconds: 2 });

    await store.publish(Shouted, range(20));
    await eventually(() => expect(operations('ChangeMessageVisibilityBatch')).toBeGreaterThanOrEqual(4));
    gate.resolve();
    const settled = await replica.settled(20);

    expect(runs).toBe(20);
    expect(settled.every(({ outcome, receiveCount }) => outcome === 'done' && receiveCount === 1)).toBe(true);
    // Two rounds for twenty messages, ten in a request, with some slack for messages that came apart.
    expect(operations('ChangeMessageVisibilityBatch')).toBeLessThanOrEqual(10);
  });

  it('R18: aborts the handler when its visibility cannot be extended in time', async () => {
    injectFault(store.clients.sqs, 'ChangeMessageVisibilityBatch', outage);
    const reasons: unknown[] = [];
    const replica = await startReceiver(
      store,
      async (_message, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        reasons.push(signal.reason);
        signal.throwIfAborted();
      },
      { visibilityTimeoutSeconds: 1 },
    );

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect(reasons).toEqual([expect.any(VisibilityLostError)]);
    expect(settled).toMatchObject({ outcome: 'retried', accepted: false, error: expect.any(VisibilityLostError) });
  });

  it('R18: aborts the handler at once when SQS says that the message is no longer its own', async () => {
    const refused = { Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'expired' };
    injectFault(store.clients.sqs, 'ChangeMessageVisibilityBatch', () => ({ Failed: [refused] }), 1);
    const replica = await startReceiver(
      store,
      async (_message, { signal, receiveCount }) => {
        if (receiveCount > 1) return;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
      { visibilityTimeoutSeconds: 2 },
    );

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect(settled?.durationMs).toBeLessThan(1_900);
    expect(replica.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'visibility is lost' }));
  });

  it('SQS-2: never counts a failed delete as a failed handler, nor shows the message meanwhile', async () => {
    const failed = { Id: '0', SenderFault: false, Code: 'InternalError', Message: 'try again' };
    const partly = injectFault(store.clients.sqs, 'DeleteMessageBatch', () => ({ Failed: [failed] }), 3);
    const wholly = injectFault(store.clients.sqs, 'DeleteMessageBatch', outage, 3);
    let runs = 0;
    const replica = await startReceiver(store, () => void (runs += 1), { visibilityTimeoutSeconds: 2 });

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect([partly.calls, wholly.calls]).toEqual([3, 3]);
    expect(settled).toMatchObject({ outcome: 'done', accepted: true });
    expect(runs).toBe(1);
    await replica.close();
    expect(await store.receive(store.queueUrl, 1)).toEqual([]);
  });

  it('R19: leaves only the messages of a batch that failed', async () => {
    const replica = await startReceiver(store, ({ data }, { receiveCount }) => {
      if (data.n % 3 === 0 && receiveCount === 1) throw new Error('every third');
    });

    await store.publish(Shouted, range(30));
    const settled = await replica.settled(40);

    expect(settled.filter(({ outcome }) => outcome === 'retried')).toHaveLength(10);
    expect(settled.filter(({ outcome }) => outcome === 'done')).toHaveLength(30);
  });

  it('SQS-1: does not take a successful delete for a proof: what was lost meanwhile comes again, under the same id', async () => {
    injectFault(store.clients.sqs, 'ChangeMessageVisibilityBatch', outage);
    const ids: string[] = [];
    const again = deferred();
    const replica = await startReceiver(
      store,
      async ({ id }, { signal, receiveCount }) => {
        ids.push(id);
        if (receiveCount > 1) return again.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        // The second receive of this very message runs while the first handler still does.
        await again.promise;
      },
      { visibilityTimeoutSeconds: 1 },
    );

    const [id] = await store.publish(Shouted, [1]);
    const settled = await replica.settled(2);

    expect(ids).toEqual([id, id]);
    expect(settled.map(({ outcome, accepted }) => [outcome, accepted])).toEqual([
      ['done', true],
      ['done', true],
    ]);
  });
});
