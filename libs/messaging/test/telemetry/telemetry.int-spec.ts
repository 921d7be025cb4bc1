import { eventually } from '@lethe/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Reject } from '../../src/handler-outcome.js';
import { startReceiver } from '../receiver.fixture.js';
import { Listen, Shouted, type Store, createStore } from '../store.fixture.js';
import { InMemorySdk } from './sdk.fixture.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('telemetry of a service', () => {
  let sdk: InMemorySdk;
  let store: Store;
  beforeEach(async () => {
    sdk = new InMemorySdk();
    store = await createStore();
  });
  afterEach(async () => {
    await store.close();
    await sdk.close();
  });

  it('R35: a message is followed from its request through its handler to what the handler sends', async () => {
    let answered = false;
    const replica = await startReceiver(store, async ({ type }) => {
      if (type === Shouted.type) await store.publish(Listen, [2]);
      answered ||= type === Listen.type;
    });

    await store.publish(Shouted, [1], TRACEPARENT);
    await replica.settled(2);

    await eventually(() => expect(sdk.spans(`process ${store.topology.name}-receiver`)).toHaveLength(2));
    const [handled] = sdk.spans(`process ${store.topology.name}-receiver`);
    const [sent] = sdk.spans(`send ${store.topology.name}-receiver`);
    expect(answered).toBe(true);
    expect(sdk.spans(`send ${store.topology.name}-sender`)[0]?.links[0]?.context.traceId).toBe(
      TRACEPARENT.slice(3, 35),
    );
    expect(handled?.spanContext().traceId).toBe(TRACEPARENT.slice(3, 35));
    expect(sent?.parentSpanContext?.spanId).toBe(handled?.spanContext().spanId);
  });

  it('counts what was sent, received and settled', async () => {
    const replica = await startReceiver(store, ({ data }) => (data.n === 3 ? new Reject('no') : undefined));

    await store.publish(Shouted, [1, 2, 3]);
    await replica.settled(3);

    const sum = async (name: string) => (await sdk.points(name)).reduce((total, { value }) => total + value, 0);
    await eventually(async () => expect(await sum('lethe.messaging.settled.messages')).toBe(3));
    expect(await sum('messaging.client.sent.messages')).toBe(3);
    expect(await sum('messaging.client.consumed.messages')).toBe(3);
    expect(await sum('messaging.process.duration')).toBe(3);
    const settled = await sdk.points('lethe.messaging.settled.messages');
    expect(settled.find(({ attributes }) => attributes['lethe.messaging.outcome'] === 'dead-lettered')?.value).toBe(1);
  });
});
