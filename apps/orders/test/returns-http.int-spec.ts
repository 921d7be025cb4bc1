import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OrderStatus, createdReturnSchema, orderPageSchema, orderSchema, refundSchema } from '@lethe/contracts';
import { type Answer, OrdersApp } from './orders-app.js';
import { ReturnsBench, gbp } from './returns-bench.js';

let store: OrdersApp;
let bench: ReturnsBench;
beforeAll(async () => {
  store = await OrdersApp.start();
  bench = new ReturnsBench(store.orders);
});
afterAll(() => store.stop());

const admin = { as: randomUUID(), roles: ['admin'] };
const post = (path: string, body?: unknown, key: string = randomUUID()): Promise<Answer> =>
  store.call('POST', path, { ...admin, key, ...(body === undefined ? {} : { body }) });

async function delivered(quantity = 3, status: OrderStatus = 'delivered') {
  const { id, products } = await bench.order(status, [[quantity, 250]]);
  const items = (count: number) => [{ productId: products[0] ?? '', quantity: count }];
  return { id, items };
}

describe('POST /orders/{id}/returns', () => {
  it('answers 201 with the refund, and the order shows both', async () => {
    const { id, items } = await delivered();

    const { status, headers, body } = await post(`/orders/${id}/returns`, { items: items(2), reason: 'broken' });

    const created = createdReturnSchema.strict().parse(body);
    expect([status, headers['location']]).toEqual([201, `/orders/${id}`]);
    expect(created.refund?.amount).toEqual(gbp(500));
    await bench.settle(id, created.refund?.id ?? '');
    const order = orderSchema.parse((await store.call('GET', `/orders/${id}`, admin)).body);
    expect(order).toMatchObject({
      status: 'partly-refunded',
      amounts: { total: gbp(750), refunded: gbp(500) },
      returns: [{ id: created.id, items: items(2), reason: 'broken' }],
      refunds: [{ id: created.refund?.id, amount: gbp(500), status: 'succeeded', returnId: created.id }],
    });
    expect(order.history.map(({ status: state }) => state)).toEqual(['delivered', 'returned', 'partly-refunded']);
  });

  it('I4 I5: says the same again for the same key, and 422 for another request with it', async () => {
    const [{ id, items }, key] = [await delivered(), randomUUID()];
    const request = { items: items(1), reason: 'broken' };

    const first = await post(`/orders/${id}/returns`, request, key);
    const again = await post(`/orders/${id}/returns`, request, key);

    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(await post(`/orders/${id}/returns`, { ...request, reason: 'late' }, key)).toMatchObject({ status: 422 });
    const other = await delivered();
    expect(await post(`/orders/${other.id}/returns`, request, key)).toMatchObject({ status: 422 });
    expect(await bench.books(id)).toMatchObject({ returned: 1, claimed: 250 });
  });

  it('I6: fifty at once with one key are one return', async () => {
    const [{ id, items }, key] = [await delivered(50), randomUUID()];
    const request = { items: items(1), reason: 'broken' };

    const answers = await Promise.all(Array.from({ length: 50 }, () => post(`/orders/${id}/returns`, request, key)));

    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(await bench.books(id)).toMatchObject({ returned: 1, back: 1, claimed: 250 });
  });

  it('I7: a key of a refused request is free for the corrected one', async () => {
    const [{ id, items }, key] = [await delivered(2), randomUUID()];

    expect(await post(`/orders/${id}/returns`, { items: items(3), reason: 'x' }, key)).toMatchObject({
      status: 409,
      body: { errors: [{ pointer: '/items/0/quantity' }] },
    });
    expect((await post(`/orders/${id}/returns`, { items: items(2), reason: 'x' }, key)).status).toBe(201);
  });

  it('names the states that the order can go to where it cannot be returned', async () => {
    const { id, items } = await delivered(1, 'reserved');

    const { status, body } = await post(`/orders/${id}/returns`, { items: items(1), reason: 'x' });

    expect([status, body]).toMatchObject([
      409,
      { type: 'urn:lethe:problem:illegal-transition', from: 'reserved', legal: ['paid', 'rejected', 'cancelled'] },
    ]);
  });

  it.each(['returns', 'refunds', 'delivery'])('S38 S40: /%s is for the staff alone', async (what) => {
    const { id, items } = await delivered(1, 'confirmed');
    const body = what === 'returns' ? { items: items(1), reason: 'x' } : { reason: 'x' };
    const send = (caller: { as: string; roles?: string[] }) =>
      store.call('POST', `/orders/${id}/${what}`, {
        ...caller,
        key: randomUUID(),
        ...(what === 'delivery' ? {} : { body }),
      });

    expect((await send({ as: 'customer' })).status).toBe(403);
    expect((await send({ as: randomUUID(), roles: ['analyst'] })).status).toBe(403);
    const unknown = what === 'delivery' ? undefined : body;
    expect((await post(`/orders/${randomUUID()}/${what}`, unknown)).status).toBe(404);
    expect(await bench.books(id)).toMatchObject({ status: 'confirmed', claimed: 0 });
  });

  it.each([
    ['no items', { items: [], reason: 'x' }],
    ['no reason', { items: [{ productId: randomUUID(), quantity: 1 }] }],
    ['half a unit', { items: [{ productId: randomUUID(), quantity: 0.5 }], reason: 'x' }],
    ['a member nobody knows', { items: [{ productId: randomUUID(), quantity: 1 }], reason: 'x', refund: true }],
  ])('S43: with %s is 400', async (_, body) => {
    const { id } = await delivered();

    expect((await post(`/orders/${id}/returns`, body)).status).toBe(400);
  });

  it('I1: without a key is 400, and nothing happens', async () => {
    const { id, items } = await delivered();
    const body = { items: items(1), reason: 'x' };

    expect((await store.call('POST', `/orders/${id}/returns`, { ...admin, body })).status).toBe(400);
    expect((await store.call('POST', `/orders/${id}/refunds`, { ...admin, body: { reason: 'x' } })).status).toBe(400);
    expect(await bench.books(id)).toMatchObject({ claimed: 0, returned: 0 });
  });
});

describe('POST /orders/{id}/refunds', () => {
  it('gives so much, then all that is left, and then says that nothing is', async () => {
    const { id } = await delivered();

    const some = await post(`/orders/${id}/refunds`, { amount: gbp(100), reason: 'late' });
    const rest = await post(`/orders/${id}/refunds`, { reason: 'very late' });
    const none = await post(`/orders/${id}/refunds`, { reason: 'again' });

    expect(refundSchema.strict().parse(some.body)).toMatchObject({ amount: gbp(100), status: 'requested' });
    expect(refundSchema.strict().parse(rest.body)).toMatchObject({ amount: gbp(650) });
    expect(none).toMatchObject({ status: 409, body: { left: gbp(0) } });
  });

  it.each([
    ['more than was paid', { amount: 751, currency: 'GBP' }, 409],
    ['another currency', { amount: 1, currency: 'EUR' }, 400],
    ['nothing', { amount: 0, currency: 'GBP' }, 400],
    ['less than nothing', { amount: -1, currency: 'GBP' }, 400],
    ['a fraction', { amount: 0.5, currency: 'GBP' }, 400],
  ])('refuses %s', async (_, amount, status) => {
    const { id } = await delivered();

    expect((await post(`/orders/${id}/refunds`, { amount, reason: 'x' })).status).toBe(status);
    expect(await bench.books(id)).toMatchObject({ claimed: 0 });
  });
});

describe('POST /orders/{id}/delivery', () => {
  it('S60: moves a confirmed order on, once, and the history says who did it', async () => {
    const { id } = await delivered(1, 'confirmed');

    const first = await post(`/orders/${id}/delivery`);
    const again = await post(`/orders/${id}/delivery`);

    expect([first.status, again.status, again.body['status']]).toEqual([200, 200, 'delivered']);
    const rows = await store.orders.run<{ actor: string | null; cause: string }>(
      'SELECT actor, cause FROM order_history WHERE order_id = $1 AND version > 1',
      [id],
    );
    expect(rows).toEqual([{ actor: `user:${admin.as}@http://localhost:8080/auth`, cause: 'deliver-order' }]);
  });
});

describe('GET /orders', () => {
  it('S38: finds for the staff by what they ask, and for customers only their own', async () => {
    const { id } = await delivered(1, 'shipped');
    const { id: own } = await bench.order('shipped', [[1, 250]]);
    const as = randomUUID();
    await store.orders.run('UPDATE orders SET customer_id = $2 WHERE id = $1', [own, as]);
    const list = async (query: string, caller: { as: string; roles?: string[] }) => {
      const { body } = await store.call('GET', `/orders?${query}`, caller);
      return orderPageSchema.parse(body).items.map((item) => item.id);
    };

    expect(await list('scope=all&status=shipped', admin)).toEqual(expect.arrayContaining([id, own]));
    expect(await list(`scope=all&customer=${as}`, admin)).toEqual([own]);
    expect(await list('status=shipped', { as })).toEqual([own]);
    expect(await list('status=delivered', { as })).toEqual([]);
    for (const query of ['scope=all&status=shipped', 'customer=someone', `customer=${as}`]) {
      expect((await store.call('GET', `/orders?${query}`, { as })).status).toBe(403);
    }
    for (const query of ['status=lost', 'product=x', 'from=yesterday', 'from=2011-01-02&to=2011-01-01', 'customer=']) {
      expect((await store.call('GET', `/orders?scope=all&${query}`, admin)).status).toBe(400);
    }
  });
});
