import { childTrace, runInTrace } from '@lethe/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { SqsClientProxy } from '../src/nest/client-proxy.js';
import { UndeclaredMessageError } from '../src/messaging.errors.js';
import { injectFault, outage } from './faults.fixture.js';
import { Listen, Shouted, type Store, createStore, sender } from './store.fixture.js';

describe('SqsClientProxy', () => {
  let store: Store;
  let proxy: SqsClientProxy;
  beforeEach(async () => {
    store = await createStore();
    const { topology, publisher, clients } = store;
    proxy = new SqsClientProxy({ service: sender, topology, publisher, clients });
  });
  afterEach(() => store.close());

  const emit = (type: string, data: unknown) => lastValueFrom(proxy.emit(type, data), { defaultValue: undefined });

  it('R35: emits a declared message, in the current trace', async () => {
    const trace = childTrace();

    await runInTrace(trace, () => emit(Listen.type, { n: 1 }));
    const [message] = await store.receive(store.queueUrl, 10);

    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      type: Listen.type,
      source: 'sender',
      data: { n: 1 },
      traceparent: expect.stringContaining(trace.traceId),
    });
  });

  it('fails where the message is not declared, its data breaks the schema, or it was refused', async () => {
    await expect(emit('sender.unheard.v1', {})).rejects.toThrow(UndeclaredMessageError);
    await expect(emit(Shouted.type, { n: 'one' })).rejects.toThrow(/invalid-data/);
    injectFault(store.clients.sns, 'PublishBatch', outage);
    await expect(emit(Shouted.type, { n: 1 })).rejects.toThrow(/the network is down/);
  });

  it('NEST-2: gives out its client, and closes where it never asked', async () => {
    const told: string[] = [];
    proxy.status.subscribe((status) => told.push(status));

    expect(proxy.unwrap()).toBe(store.clients.sqs);
    await proxy.close();

    expect(told).toEqual(['closed']);
  });
});
