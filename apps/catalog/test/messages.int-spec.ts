import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderConfirmed, ReleaseStock, ReserveStock, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher } from '@lethe/messaging';
import { eventually } from '@lethe/testing';
import { type InputOf, type MessageDefinition, type Topology, encodeMessage } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { provision, startReplica } from './service.fixture.js';

let catalog: CatalogFixture;
let topology: Topology;
let replicas: NestFastifyApplication[];
let publisher: MessagePublisher;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  topology = await provision(catalog);
  replicas = await Promise.all([startReplica(catalog, topology), startReplica(catalog, topology)]);
  publisher = new MessagePublisher({ topology, clients: catalog.clients, accountId: '000000000000' });
});
afterAll(async () => {
  for (const app of replicas) {
    await app.close();
    await app.get(Database).close();
  }
  await catalog.close();
});

/** Says it as orders would. */
async function say<D extends MessageDefinition>(definition: D, ...all: InputOf<D>[]): Promise<void> {
  const entries = all.map((data) => {
    const id = uuidv7();
    return { id, definition, body: encodeMessage(definition, data, { id, source: 'orders', time: Date.now() }) };
  });
  for (const { error } of await publisher.publishBatch(entries)) if (error) throw error;
}
async function stockOf(productId: string): Promise<unknown> {
  const [row] = await catalog.query('SELECT available, reserved, sold FROM stock WHERE product_id = $1', [productId]);
  return row;
}

describe('the service and its queue', () => {
  it('reserves, releases and sells as orders asks, on whichever replica, and leaves nothing in the outbox', async () => {
    expect(store.services.some(({ name }) => name === 'catalog')).toBe(true);
    const productId = await catalog.addProduct(100);
    const orders = Array.from({ length: 30 }, () => uuidv7());
    const [sold, released] = [orders.slice(0, 10), orders.slice(10, 20)];

    await say(ReserveStock, ...orders.map((orderId) => ({ orderId, items: [{ productId, quantity: 2 }] })));
    await eventually(async () => expect(await stockOf(productId)).toEqual({ available: 40, reserved: 60, sold: 0 }));

    const total = { amount: 500, currency: 'GBP' };
    const at = new Date().toISOString();
    const items = [{ productId, sku: 'S', name: 'N', quantity: 2, unitPrice: { amount: 250, currency: 'GBP' } }];
    await say(ReleaseStock, ...released.map((orderId) => ({ orderId })));
    await say(OrderConfirmed, ...sold.map((orderId) => ({ orderId, placedAt: at, confirmedAt: at, total, items })));

    await eventually(async () => expect(await stockOf(productId)).toEqual({ available: 60, reserved: 20, sold: 20 }));
    await eventually(async () => expect(await catalog.outgoing()).toEqual([]));
  });
});
