import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderPageSchema, orderSchema } from '@lethe/contracts';
import { OrdersApp } from './orders-app.js';

let store: OrdersApp;
let lamp: string;

beforeAll(async () => {
  store = await OrdersApp.start();
  lamp = store.catalog.add(255);
});
afterAll(() => store.stop());

async function place(as: string): Promise<string> {
  const body = { items: [{ productId: lamp, quantity: 1 }], paymentToken: 'tok_visa' };
  const answer = await store.call('POST', '/orders', { as, key: randomUUID(), body });
  return answer.body.id;
}

describe('GET /orders/{id}', () => {
  it('gives what the contract says', async () => {
    const as = randomUUID();
    const { body } = await store.call('GET', `/orders/${await place(as)}`, { as });

    expect(orderSchema.strict().parse(body)).toEqual(body);
  });

  it('S38: answers 404 for the order of another, as for one that does not exist and for an id that is none', async () => {
    const id = await place(randomUUID());
    const foreign = await store.call('GET', `/orders/${id}`);
    const unknown = await store.call('GET', `/orders/${randomUUID()}`);

    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(unknown.body);
    expect((await store.call('GET', '/orders/1')).status).toBe(404);
  });

  it('shows an admin every order', async () => {
    const id = await place(randomUUID());

    expect((await store.call('GET', `/orders/${id}`, { roles: ['admin'] })).status).toBe(200);
  });
});

describe('GET /orders', () => {
  it('pages through the caller’s own orders, newest first, none twice and none left out', async () => {
    const as = randomUUID();
    const ids: string[] = [];
    for (let at = 0; at < 7; at += 1) ids.push(await place(as));
    await place(randomUUID());

    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await store.call('GET', `/orders?limit=3${cursor}`, { as });
      const page = orderPageSchema.parse(body);
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }

    expect(seen).toEqual(ids.toReversed());
  });

  it('stays where it is on the list while newer orders come in', async () => {
    const as = randomUUID();
    const [first, second] = [await place(as), await place(as)];
    const { body } = await store.call('GET', '/orders?limit=1', { as });
    await place(as);

    const next = await store.call('GET', `/orders?limit=1&cursor=${String(body['nextCursor'])}`, { as });

    expect(body['items']).toEqual([expect.objectContaining({ id: second })]);
    expect(next.body['items']).toEqual([expect.objectContaining({ id: first })]);
  });

  it('shows an admin the orders of all, and answers 403 to others', async () => {
    const id = await place(randomUUID());

    const all = await store.call('GET', '/orders?scope=all&limit=1', { roles: ['admin'] });
    expect(all.body['items']).toEqual([expect.objectContaining({ id })]);
    expect((await store.call('GET', '/orders?scope=all')).status).toBe(403);
    expect((await store.call('GET', '/orders', { roles: ['admin'] })).body['items']).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense', 'scope=some', 'sort=id'])(
    'S44: answers 400 to ?%s and points at it',
    async (query) => {
      const answer = await store.call('GET', `/orders?${query}`);

      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: `#query/${query.split('=')[0]}` }] },
      });
    },
  );
});

describe('POST /orders/{id}/cancel', () => {
  it('cancels a pending order, and says so again', async () => {
    const as = randomUUID();
    const id = await place(as);

    const first = await store.call('POST', `/orders/${id}/cancel`, { as });
    const again = await store.call('POST', `/orders/${id}/cancel`, { as });

    expect(first).toMatchObject({ status: 200, body: { id, status: 'cancelled' } });
    expect(first.body['history']).toMatchObject([{ status: 'pending' }, { status: 'cancelled' }]);
    expect(again).toMatchObject({ status: 200, body: first.body });
  });

  it('S38: answers 404 for the order of another, and leaves it', async () => {
    const owner = randomUUID();
    const id = await place(owner);

    expect((await store.call('POST', `/orders/${id}/cancel`)).status).toBe(404);
    expect((await store.call('GET', `/orders/${id}`, { as: owner })).body).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['paid', ['confirmed']],
    ['confirmed', ['fulfilling', 'delivered', 'returned', 'refunded']],
    ['refunded', []],
    ['rejected', []],
  ])('answers 409 to one that is %s, names the legal transitions, and changes nothing', async (from, legal) => {
    const as = randomUUID();
    const id = await place(as);
    await store.orders.run('UPDATE orders SET status = $2 WHERE id = $1', [id, from]);

    expect(await store.call('POST', `/orders/${id}/cancel`, { as })).toMatchObject({
      status: 409,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: { type: 'urn:lethe:problem:illegal-transition', from, to: 'cancelled', legal },
    });
    expect((await store.call('GET', `/orders/${id}`, { as })).body).toMatchObject({ status: from, history: [{}] });
  });

  it('makes one cancellation of many at once', async () => {
    const as = randomUUID();
    const id = await place(as);

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => store.call('POST', `/orders/${id}/cancel`, { as })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await store.call('GET', `/orders/${id}`, { as })).body['history']).toHaveLength(2);
  });
});

describe('the routes', () => {
  it.each(['/orders', '/carts/me', `/orders/${randomUUID()}`])('S37: answer 401 to nobody: GET %s', async (path) => {
    const answer = await fetch(store.url + path);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('are described in OpenAPI', async () => {
    const answer = await fetch(`${store.url}/orders/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, object> };

    expect(Object.keys(paths).sort()).toEqual([
      '/carts/me',
      '/carts/me/items/{productId}',
      '/orders',
      '/orders/approvals',
      '/orders/coupons',
      '/orders/coupons/{code}/end',
      '/orders/internal/fulfilments/{orderId}/{step}',
      '/orders/internal/receipts/{id}',
      '/orders/internal/refunds/{refundId}/{step}',
      '/orders/reconciliations',
      '/orders/reconciliations/{id}',
      '/orders/{id}',
      '/orders/{id}/approvals',
      '/orders/{id}/cancel',
      '/orders/{id}/delivery',
      '/orders/{id}/events',
      '/orders/{id}/fulfilment',
      '/orders/{id}/refunds',
      '/orders/{id}/returns',
      '/payments/webhooks',
    ]);
  });
});
