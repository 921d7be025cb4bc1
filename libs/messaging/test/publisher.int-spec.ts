import { uuidv7 } from '@lethe/kernel';
import { encodeMessage } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from '@aws-sdk/client-sqs';
import { MessageTooLargeError, PublishError } from '../src/messaging.errors.js';
import { MessagePublisher } from '../src/publisher.js';
import type { PublishEntry } from '../src/sending/publish-entry.js';
import { injectFault, outage } from './faults.fixture.js';
import { ACCOUNT, Listen, Shouted, type Store, Whispered, createStore } from './store.fixture.js';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

function entry(definition: PublishEntry['definition'], n: number): PublishEntry {
  const id = uuidv7();
  return { id, definition, body: encodeMessage(definition, { n }, { id, source: 'sender', time: Date.now() }) };
}

describe('MessagePublisher', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
    store.clients.calls.reset();
  });
  afterEach(() => store.close());

  const receiveAll = async (count: number): Promise<Message[]> => {
    const messages: Message[] = [];
    while (messages.length < count) {
      const batch = await store.receive(store.queueUrl, 1);
      if (batch.length === 0) break;
      messages.push(...batch);
    }
    return messages;
  };
  const idsOf = (messages: readonly Message[]) =>
    messages.map(({ Body }) => (JSON.parse(Body ?? '{}') as { id: string }).id).sort();

  it('sends events to the topic of their owner and commands to the queue of theirs, ten in a request', async () => {
    const entries = [...range(25).map((n) => entry(Shouted, n)), ...range(11).map((n) => entry(Listen, n))];

    const results = await store.publisher.publishBatch(entries);

    expect(results).toEqual(entries.map(({ id }) => ({ id })));
    const calls = store.clients.calls.snapshot();
    expect(calls['sns.PublishBatch']?.operations).toBe(3);
    expect(calls['sqs.SendMessageBatch']?.operations).toBe(2);
    expect(idsOf(await receiveAll(36))).toEqual(entries.map(({ id }) => id).sort());
  });

  it('R35: puts type and trace context into the attributes', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    await store.publisher.publishBatch([{ ...entry(Listen, 1), traceparent }]);
    const [message] = await receiveAll(1);

    expect(message?.MessageAttributes).toMatchObject({
      type: { StringValue: Listen.type },
      traceparent: { StringValue: traceparent },
    });
  });

  it('asks for the URL of a queue once', async () => {
    await store.publisher.publishBatch([entry(Listen, 1)]);
    await store.publisher.publishBatch([entry(Listen, 2)]);

    expect(store.clients.calls.snapshot()['sqs.GetQueueUrl']?.operations).toBe(1);
  });

  it('cuts batches by bytes, not characters', async () => {
    const entries = range(3).map((n) => ({ ...entry(Listen, n), body: JSON.stringify('é'.repeat(200_000)) }));

    const results = await store.publisher.publishBatch(entries);

    expect(results.filter(({ error }) => error)).toEqual([]);
    expect(store.clients.calls.snapshot()['sqs.SendMessageBatch']?.operations).toBe(2);
  });

  it('names an entry that is too large, and sends the rest', async () => {
    const [before, large, after] = [
      entry(Listen, 1),
      { ...entry(Listen, 2), body: 'é'.repeat(524_288) },
      entry(Listen, 3),
    ];

    const results = await store.publisher.publishBatch([before, large, after]);

    expect(results.map(({ error }) => error?.constructor)).toEqual([undefined, MessageTooLargeError, undefined]);
    expect(results[1]?.error).toMatchObject({ limit: 1_048_576, senderFault: true });
    expect(idsOf(await receiveAll(2))).toEqual([before.id, after.id].sort());
  });

  it('holds an event to the 256 KiB that every topic takes', async () => {
    const [result] = await store.publisher.publishBatch([{ ...entry(Shouted, 1), body: 'x'.repeat(262_144) }]);

    expect(result?.error).toBeInstanceOf(MessageTooLargeError);
  });

  it('R19: sends again what was refused alone, and only that', async () => {
    const refused = { Id: '1', SenderFault: false, Code: 'InternalError', Message: 'try again' };
    const accepted = [{ Id: '0' }, { Id: '2' }];
    injectFault(store.clients.sns, 'PublishBatch', () => ({ Successful: accepted, Failed: [refused] }), 1);
    const entries = range(3).map((n) => entry(Shouted, n));

    const results = await store.publisher.publishBatch(entries);

    expect(results).toEqual(entries.map(({ id }) => ({ id })));
    expect(idsOf(await receiveAll(1))).toEqual([entries[1]?.id]);
  });

  it('R19: reports each entry that is refused for good, and only those', async () => {
    const refused = { Id: '1', SenderFault: true, Code: 'InvalidMessageContents', Message: 'no' };
    const accepted = [{ Id: '0' }, { Id: '2' }];
    const fault = injectFault(store.clients.sns, 'PublishBatch', () => ({ Successful: accepted, Failed: [refused] }));
    const entries = range(3).map((n) => entry(Shouted, n));

    const results = await store.publisher.publishBatch(entries);

    expect(results.map(({ error }) => error?.constructor)).toEqual([undefined, PublishError, undefined]);
    expect(results[1]?.error).toMatchObject({ code: 'InvalidMessageContents', senderFault: true });
    expect(fault.calls).toBe(1);
  });

  it('reports a request that failed for each of its entries, and sends the other requests', async () => {
    injectFault(store.clients.sns, 'PublishBatch', outage);

    const [event, command] = await store.publisher.publishBatch([entry(Shouted, 1), entry(Listen, 2)]);

    expect(event?.error).toBeInstanceOf(PublishError);
    expect(event?.error?.cause).toEqual(new Error('the network is down'));
    expect(command).not.toHaveProperty('error');
  });

  it('reports a queue that is not there, and asks again next time', async () => {
    const topology = { ...store.topology, name: `${store.topology.name}-x` };
    const publisher = new MessagePublisher({ topology, clients: store.clients, accountId: ACCOUNT });

    const [first] = await publisher.publishBatch([entry(Listen, 1)]);
    await publisher.publishBatch([entry(Listen, 1)]);

    expect(first?.error).toMatchObject({ name: 'PublishError', code: 'DestinationError' });
    expect(store.clients.calls.snapshot()['sqs.GetQueueUrl']?.operations).toBe(2);
  });

  it('takes the same message twice in one batch: entry ids are indexes', async () => {
    const twice = entry(Listen, 1);

    const results = await store.publisher.publishBatch([twice, twice]);

    expect(results).toEqual([{ id: twice.id }, { id: twice.id }]);
    expect(await receiveAll(2)).toHaveLength(2);
  });

  it('publishes nothing to a queue that did not subscribe to the type', async () => {
    await store.publisher.publishBatch([entry(Whispered, 1), entry(Shouted, 2)]);

    const [message, ...others] = await receiveAll(2);

    expect(JSON.parse(message?.Body ?? '{}')).toMatchObject({ type: Shouted.type });
    expect(others).toEqual([]);
  });
});
