import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderSchema } from '@lethe/contracts';
import { runAs } from '@lethe/kernel';
import { FakeProvider } from './fake-provider.js';
import { OrdersApp } from './orders-app.js';
import { SagaBench } from './saga-bench.js';

const ISSUER = 'http://localhost:8080/auth';
let store: OrdersApp;
let lamp: string;
let bench: SagaBench;

beforeAll(async () => {
  store = await OrdersApp.start();
  lamp = store.catalog.add(255);
  bench = new SagaBench(store.orders, new FakeProvider());
});
afterAll(async () => {
  await store.stop();
});

async function place(as: string): Promise<string> {
  const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken: 'tok_visa' };
  return (await store.call('POST', '/orders', { as, key: randomUUID(), body })).body.id;
}

interface Entry {
  readonly version: number;
  readonly status: string;
  readonly actor: string | null;
  readonly cause: string | null;
  readonly message_id: string | null;
}

const historyOf = (orderId: string): Promise<Entry[]> =>
  store.orders.run<Entry>(
    'SELECT version, status, actor, cause, message_id FROM order_history WHERE order_id = $1 ORDER BY version',
    [orderId],
  );

describe('the history of an order', () => {
  it('S40: says of every change who acted, what led to it and which message it was', async () => {
    const as = randomUUID();
    const id = await place(as);
    const [reserved, paid] = [randomUUID(), randomUUID()];

    await runAs({ kind: 'user', id: as, issuer: ISSUER }, () => bench.step('reserved', id, reserved));
    await bench.step('pay', id, paid);

    const actor = `user:${as}@${ISSUER}`;
    const byMessage = { actor: 'service:orders', cause: 'orders.authorize-payment.v1', message_id: paid };
    expect(await historyOf(id)).toEqual([
      { version: 1, status: 'pending', actor, cause: 'place-order', message_id: null },
      { version: 2, status: 'reserved', actor, cause: 'catalog.stock-reserved.v1', message_id: reserved },
      { version: 3, status: 'paid', ...byMessage },
      { version: 4, status: 'confirmed', ...byMessage },
    ]);
  });

  it('has as many rows as the order has versions, whatever the order went through', async () => {
    const ids = [await bench.place(), await bench.place(), await bench.place(), await bench.place('tok_decline')];
    const [cancelled = '', rejected = '', confirmed = '', declined = ''] = ids;
    await bench.step('cancel', cancelled);
    await bench.step('reserved', cancelled);
    await bench.step('rejected', rejected);
    for (const id of [confirmed, declined]) {
      await bench.step('reserved', id);
      await bench.timeOut(id, 2);
      await bench.step('pay', id);
      await bench.step('pay', id);
    }

    const rows = await store.orders.run<{ id: string }>(
      `SELECT o.id FROM orders o JOIN order_history h ON h.order_id = o.id AND h.version = o.version
       WHERE o.id = ANY ($1) AND h.status = o.status
         AND o.version = (SELECT count(*) FROM order_history c WHERE c.order_id = o.id)
         AND NOT EXISTS (SELECT 1 FROM order_history c WHERE c.order_id = o.id AND c.version > 1
           AND (c.actor IS NULL OR c.cause IS NULL OR (c.message_id IS NULL) <> (c.cause = 'cancel-order')))`,
      [ids],
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('S38: tells customers the cause, and never which of the staff acted', async () => {
    const [as, admin] = [randomUUID(), randomUUID()];
    const id = await place(as);
    await store.call('POST', `/orders/${id}/cancel`, { as: admin, roles: ['admin'] });

    const { body } = await store.call('GET', `/orders/${id}`, { as });

    expect((await historyOf(id)).at(-1)?.actor).toBe(`user:${admin}@${ISSUER}`);
    expect(orderSchema.strict().parse(body).history).toMatchObject([
      { status: 'pending', cause: 'place-order' },
      { status: 'cancelled', cause: 'cancel-order' },
    ]);
    expect(JSON.stringify(body)).not.toContain(admin);
  });

  it('R38: shows entries of a version that kept no causes', async () => {
    const as = randomUUID();
    const id = await place(as);
    await store.orders.run('UPDATE order_history SET actor = NULL, cause = NULL WHERE order_id = $1', [id]);

    const { body } = await store.call('GET', `/orders/${id}`, { as });

    expect(orderSchema.strict().parse(body).history).toEqual([{ status: 'pending', at: expect.any(String) }]);
  });
});
