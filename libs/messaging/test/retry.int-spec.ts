import { uuidv7 } from '@lethe/kernel';
import { encodeMessage } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Reject, RetryLater } from '../src/handler-outcome.js';
import { injectFault, outage } from './faults.fixture.js';
import { startReceiver } from './receiver.fixture.js';
import { Shouted, type Store, Whispered, createStore } from './store.fixture.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('retries', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('SQS-8: retries the same SQS message through its visibility, so that its receive count goes on', async () => {
    const failure = new Error('not today');
    const replica = await startReceiver(store, (_message, { receiveCount }) => {
      if (receiveCount < 3) throw failure;
    });

    await store.publish(Shouted, [1]);
    const settled = await replica.settled(3);

    expect(settled.map(({ outcome, receiveCount }) => [outcome, receiveCount])).toEqual([
      ['retried', 1],
      ['retried', 2],
      ['done', 3],
    ]);
    expect(new Set(settled.map(({ sqsMessageId }) => sqsMessageId)).size).toBe(1);
    expect(settled[0]?.error).toBe(failure);
    expect(store.clients.calls.snapshot()['sqs.SendMessage']).toBeUndefined();
  });

  it.each(['thrown', 'returned'])('puts a message off for as long as a %s RetryLater asks', async (way) => {
    const times: number[] = [];
    const replica = await startReceiver(store, () => {
      times.push(performance.now());
      if (times.length > 1) return undefined;
      const later = new RetryLater(1, 'the shop is closed');
      if (way === 'returned') return later;
      throw later;
    });

    await store.publish(Shouted, [1]);
    const [first, second] = await replica.settled(2);

    expect(first).toMatchObject({ outcome: 'retried', error: expect.any(RetryLater) });
    expect(second).toMatchObject({ outcome: 'done', receiveCount: 2 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
    expect(replica.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('R20: leaves a message that always fails to the redrive policy, with its trace and id', async () => {
    const replica = await startReceiver(store, () => {
      throw new Error('never');
    });

    const [id] = await store.publish(Shouted, [1], TRACEPARENT);
    const settled = await replica.settled(8);
    const [dead] = await store.receive(store.deadLetterUrl, 10);

    expect(settled.map(({ receiveCount }) => receiveCount)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(JSON.parse(dead?.Body ?? '')).toMatchObject({ id, traceparent: TRACEPARENT, data: { n: 1 } });
    expect(dead?.MessageAttributes?.['traceparent']?.StringValue).toBe(TRACEPARENT);
    expect(replica.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });
});

describe('the dead-letter queue', () => {
  let store: Store;
  const shouted = (fields: object) =>
    JSON.stringify({
      specversion: '1.0',
      id: uuidv7(),
      source: 'sender',
      type: Shouted.type,
      time: new Date().toISOString(),
      data: { n: 1 },
      traceparent: TRACEPARENT,
      ...fields,
    });
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it.each([
    ['undecodable', '{"no json'],
    ['invalid-envelope', '{"Type":"Notification","Message":"an SNS envelope, not raw"}'],
    ['unknown-type', shouted({ type: Whispered.type })],
    ['unknown-type', shouted({ type: 'sender.shouted.v2' })],
    ['unknown-source', shouted({ source: 'somebody-else' })],
    ['invalid-data', shouted({ data: { n: 'one' } })],
  ])('R21: takes an %s message at once, with its diagnosis and its body untouched', async (reason, body) => {
    const replica = await startReceiver(store, () => undefined);

    await store.sendRaw(body);
    const [settled] = await replica.settled();
    const [dead] = await store.receive(store.deadLetterUrl, 10);

    expect(settled).toMatchObject({ outcome: 'dead-lettered', accepted: true, receiveCount: 1 });
    expect(dead?.Body).toBe(body);
    expect(dead?.MessageAttributes?.['lethe-reason']?.StringValue).toBe(reason);
    expect(dead?.MessageAttributes?.['lethe-sqs-message-id']?.StringValue).toBe(settled?.sqsMessageId);
    await replica.close();
    expect(await store.receive(store.queueUrl, 0)).toEqual([]);
  });

  it.each(['thrown', 'returned'])('takes a %s Reject with the reason and the handler', async (way) => {
    const replica = await startReceiver(store, () => {
      const rejection = new Reject('the order is of another shop');
      if (way === 'returned') return rejection;
      throw rejection;
    });

    const [id] = await store.publish(Shouted, [1], TRACEPARENT);
    await replica.settled();
    const [dead] = await store.receive(store.deadLetterUrl, 10);

    expect(
      Object.fromEntries(Object.entries(dead?.MessageAttributes ?? {}).map(([k, v]) => [k, v.StringValue])),
    ).toEqual({
      type: Shouted.type,
      traceparent: TRACEPARENT,
      'lethe-reason': 'rejected',
      'lethe-detail': 'the order is of another shop',
      'lethe-handler': 'ReceiverController.onShouted',
      'lethe-message-id': id,
      'lethe-sqs-message-id': expect.any(String),
      'lethe-receive-count': '1',
    });
  });

  it('R21: keeps the message in its queue while the dead-letter queue cannot be reached', async () => {
    const body = encodeMessage(Whispered, { n: 1 }, { id: uuidv7(), source: 'sender', time: Date.now() });
    await store.sendRaw(body);
    injectFault(store.clients.sqs, 'SendMessage', outage, 2);

    const replica = await startReceiver(store, () => undefined);
    const settled = await replica.settled(3);
    const [dead] = await store.receive(store.deadLetterUrl, 10);

    expect(settled.map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'dead-lettered']);
    expect(dead?.Body).toBe(body);
  });
});
