import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StockRejected, StockReserved, UserDeleted } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher } from '@lethe/messaging';
import { eventually } from '@lethe/testing';
import { type MessageDefinition, decodeEnvelope, encodeMessage, queueName } from '@lethe/topology';
import { z } from 'zod';
import { OrdersApp } from './orders-app.js';

let store: OrdersApp;
let lamp: string;
let catalogQueue: string;
let publisher: MessagePublisher;

beforeAll(async () => {
  store = await OrdersApp.start({ consume: true });
  lamp = store.catalog.add(255);
  const { clients, topology } = store;
  publisher = new MessagePublisher({ topology, clients, accountId: '000000000000' });
  const url = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: queueName(topology.name, 'catalog') }));
  catalogQueue = url.QueueUrl ?? '';
});
afterAll(() => store.stop());

const orderOf = z.object({ orderId: z.string() });
const heard = new Map<string, string[]>();

/** Types of the messages about the order that reached catalog's queue until now. */
async function heardByCatalog(orderId: string): Promise<string[]> {
  const { Messages = [] } = await store.clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: catalogQueue, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  for (const { Body = '', ReceiptHandle } of Messages) {
    const { type, data } = decodeEnvelope(Body);
    const id = orderOf.parse(data).orderId;
    heard.set(id, [...(heard.get(id) ?? []), type]);
    await store.clients.sqs.send(new DeleteMessageCommand({ QueueUrl: catalogQueue, ReceiptHandle }));
  }
  return heard.get(orderId) ?? [];
}

/** Says something as catalog would, `times` times with one id. */
async function sayAsCatalog(definition: MessageDefinition, data: object, times = 1): Promise<void> {
  const id = uuidv7();
  const body = encodeMessage(definition, data, { id, source: 'catalog', time: Date.now() });
  for (let at = 0; at < times; at += 1) await publisher.publishBatch([{ id, definition, body }]);
}

async function place(as: string, paymentToken = 'tok_visa'): Promise<string> {
  const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken };
  const { status, body: order } = await store.call('POST', '/orders', { as, key: randomUUID(), body });
  expect(status).toBe(202);
  await eventually(async () => expect(await heardByCatalog(order.id)).toContain('catalog.reserve-stock.v1'));
  return order.id;
}

async function statusBecomes(as: string, id: string, status: string): Promise<string[]> {
  return eventually(async () => {
    const { body } = await store.call('GET', `/orders/${id}`, { as });
    expect(body['status']).toBe(status);
    return z
      .array(z.object({ status: z.string() }))
      .parse(body['history'])
      .map((row) => row.status);
  });
}

describe('an order over SNS and SQS', () => {
  it('R24: has its stock asked for again when its time-out comes', async () => {
    const id = await place(randomUUID());
    await store.orders.run(`UPDATE outbox_scheduled SET deliver_at = now() WHERE key = $1`, [id]);

    await eventually(async () =>
      expect(await heardByCatalog(id)).toEqual(['catalog.reserve-stock.v1', 'catalog.reserve-stock.v1']),
    );
  });

  it('is confirmed after its stock is reserved, and catalog hears of it once', async () => {
    const as = randomUUID();
    const id = await place(as);

    await sayAsCatalog(StockReserved, { orderId: id }, 3);

    expect(await statusBecomes(as, id, 'confirmed')).toEqual(['pending', 'reserved', 'paid', 'confirmed']);
    await eventually(async () =>
      expect(await heardByCatalog(id)).toEqual(['catalog.reserve-stock.v1', 'orders.order-confirmed.v1']),
    );
    expect(await store.simulator.chargesOf(id)).toEqual(['succeeded']);
  });

  it('is rejected when catalog is out of stock', async () => {
    const as = randomUUID();
    const id = await place(as);

    await sayAsCatalog(StockRejected, { orderId: id, shortages: [{ productId: lamp, requested: 1, available: 0 }] });

    expect(await statusBecomes(as, id, 'rejected')).toEqual(['pending', 'rejected']);
  });

  it('R24: releases its stock when the payment is declined', async () => {
    const as = randomUUID();
    const id = await place(as, 'tok_chargeDeclined');

    await sayAsCatalog(StockReserved, { orderId: id });

    await statusBecomes(as, id, 'rejected');
    await eventually(async () =>
      expect(await heardByCatalog(id)).toEqual(['catalog.reserve-stock.v1', 'catalog.release-stock.v1']),
    );
  });

  it('stays cancelled when the stock is reserved too late, and releases it', async () => {
    const as = randomUUID();
    const id = await place(as);
    await store.call('POST', `/orders/${id}/cancel`, { as });

    await sayAsCatalog(StockReserved, { orderId: id });

    await eventually(async () =>
      expect(await heardByCatalog(id)).toEqual([
        'catalog.reserve-stock.v1',
        'catalog.release-stock.v1',
        'catalog.release-stock.v1',
      ]),
    );
    expect(await statusBecomes(as, id, 'cancelled')).toEqual(['pending', 'cancelled']);
    expect(await store.simulator.chargesOf(id)).toEqual([]);
  });

  it('is charged once while the provider fails and drops answers', async () => {
    const as = randomUUID();
    const ids = await Promise.all(Array.from({ length: 5 }, () => place(as)));
    await store.simulator.set({ failureRate: 0.6 });

    await Promise.all(ids.map((orderId) => sayAsCatalog(StockReserved, { orderId })));
    await eventually(async () => {
      const { body } = await store.call('GET', '/orders', { as });
      const states = z.array(z.object({ status: z.string() })).parse(body['items']);
      expect(states.filter(({ status }) => status !== 'pending')).toHaveLength(5);
    });
    await store.simulator.set({ failureRate: 0 });

    for (const id of ids) {
      await statusBecomes(as, id, 'confirmed');
      expect(await store.simulator.chargesOf(id)).toEqual(['succeeded']);
    }
  });

  it('empties the cart that it was placed from, unless the cart was changed since', async () => {
    const [quick, slow] = [randomUUID(), randomUUID()];
    const chair = store.catalog.add(500);
    const put = (as: string, id: string) => store.call('PUT', `/carts/me/items/${id}`, { as, body: { quantity: 1 } });
    const checkOut = (as: string) =>
      store.call('POST', '/orders', { as, key: 'k', body: { fromCart: true, paymentToken: 'tok_visa' } });
    await Promise.all([put(quick, lamp), put(slow, lamp)]);

    await checkOut(slow);
    await eventually(async () => {
      const { body } = await store.call('GET', '/carts/me', { as: slow });
      expect(body['items']).toEqual([]);
    });
    await put(slow, chair);
    await checkOut(quick);
    await eventually(async () => {
      const { body } = await store.call('GET', '/carts/me', { as: quick });
      expect(body['items']).toEqual([]);
    });

    const { body } = await store.call('GET', '/carts/me', { as: slow });
    expect(body['items']).toEqual([{ productId: chair, quantity: 1 }]);
  });
});

describe('an account that is deleted', () => {
  it('S54: takes its cart with it, and no other', async () => {
    const [gone, other] = [randomUUID(), randomUUID()];
    const product = store.catalog.add(10);
    for (const as of [gone, other]) {
      await store.call('PUT', `/carts/me/items/${product}`, { as, body: { quantity: 1 } });
    }
    const id = uuidv7();
    const body = encodeMessage(UserDeleted, { userId: gone }, { id, source: 'auth', time: Date.now() });

    await publisher.publishBatch([{ id, definition: UserDeleted, body }]);

    const itemsOf = async (as: string) => (await store.call('GET', '/carts/me', { as })).body['items'];
    await eventually(async () => expect(await itemsOf(gone)).toEqual([]));
    expect(await itemsOf(other)).toEqual([{ productId: product, quantity: 1 }]);
  });
});
