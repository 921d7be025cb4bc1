import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type KeyedCase, type KeyedRoute, keyContract } from '@lethe/idempotency/testing';
import { OrdersApp } from './orders-app.js';
import { ReturnsBench } from './returns-bench.js';

let store: OrdersApp;
let bench: ReturnsBench;
let lamp: string;

beforeAll(async () => {
  store = await OrdersApp.start();
  bench = new ReturnsBench(store.orders);
  lamp = store.catalog.add(255);
});
afterAll(() => store.stop());
afterEach(() => store.orders.run('TRUNCATE idempotency_key'));

const sql = (text: string): Promise<unknown> => store.orders.database.dataSource.query(text);

/** A case of a route: what is posted to its path by two of the staff, and how its effects are counted. */
function post(
  path: string,
  bodies: KeyedCase['bodies'],
  count: string,
  values: (by: string[]) => unknown[],
): KeyedCase {
  const users = { one: randomUUID(), two: randomUUID() };
  return {
    bodies,
    send: (body, { key, user }) =>
      store.call('POST', path, { as: users[user], roles: ['admin'], body, ...(key === undefined ? {} : { key }) }),
    effects: async () => {
      const [row] = await store.orders.run<{ count: number }>(count, values([users.one, users.two]));
      return row?.count ?? 0;
    },
  };
}

const basket = (quantity: number) => ({ items: [{ productId: lamp, quantity }], paymentToken: 'tok_visa' });
const day = (from: string, to: string) => ({ from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` });

const routes: readonly KeyedRoute[] = [
  {
    route: 'POST /orders',
    required: true,
    success: 202,
    sql,
    begin: () => {
      const bodies = { good: basket(1), other: basket(2), bad: basket(0) };
      const count = 'SELECT count(*)::int AS count FROM orders WHERE customer_id = ANY ($1)';
      return Promise.resolve(post('/orders', bodies, count, (users) => [users]));
    },
  },
  {
    route: 'POST /orders/coupons',
    required: false,
    success: 201,
    sql,
    begin: () => {
      const code = randomUUID().slice(0, 8).toUpperCase();
      const coupon = (suffix: string, percent: number) => ({ code: `X${code}-${suffix}`, percent });
      const bodies = { good: coupon('A', 10), other: coupon('B', 10), bad: coupon('A', 0) };
      const count = 'SELECT count(*)::int AS count FROM coupon WHERE code LIKE $1';
      return Promise.resolve(post('/orders/coupons', bodies, count, () => [`X${code}-%`]));
    },
  },
  {
    route: 'POST /orders/reconciliations',
    required: false,
    success: 202,
    sql,
    begin: async () => {
      await sql('TRUNCATE reconciliation CASCADE');
      const bodies = {
        good: day('2026-01-01', '2026-01-02'),
        other: day('2026-01-02', '2026-01-03'),
        bad: day('2026-01-02', '2026-01-01'),
      };
      return post('/orders/reconciliations', bodies, 'SELECT count(*)::int AS count FROM reconciliation', () => []);
    },
  },
  {
    route: 'POST /orders/{id}/returns',
    required: true,
    success: 201,
    sql,
    begin: async () => {
      const { id, products } = await bench.order('delivered', [[5, 100]]);
      const goods = (quantity: number) => ({ items: [{ productId: products[0], quantity }], reason: 'broken' });
      const bodies = { good: goods(1), other: goods(2), bad: goods(6) };
      const count = 'SELECT count(*)::int AS count FROM order_return WHERE order_id = $1';
      return post(`/orders/${id}/returns`, bodies, count, () => [id]);
    },
  },
  {
    route: 'POST /orders/{id}/refunds',
    required: true,
    success: 201,
    sql,
    begin: async () => {
      const { id } = await bench.order('delivered', [[5, 100]]);
      const money = (amount: number) => ({ amount: { amount, currency: 'GBP' }, reason: 'late' });
      const bodies = { good: money(10), other: money(20), bad: money(501) };
      const count = 'SELECT count(*)::int AS count FROM refund WHERE order_id = $1';
      return post(`/orders/${id}/refunds`, bodies, count, () => [id]);
    },
  },
];

describe.each(routes)('$route', (route) => {
  it.each(keyContract)('$title', async ({ prove }) => {
    await expect(prove(route, await route.begin())).resolves.toBeUndefined();
  });
});

describe('the routes that take a key', () => {
  it('I1: are those of this suite, as the OpenAPI document says', async () => {
    const { paths } = (await (await fetch(`${store.url}/orders/openapi.json`)).json()) as OpenApi;
    const keyed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
        parameters.flatMap(({ name, required = false }) =>
          name === 'Idempotency-Key' ? [{ route: `${method.toUpperCase()} ${path}`, required }] : [],
        ),
      ),
    );

    const tried = routes.map(({ route, required }) => ({ route, required }));
    expect(keyed.toSorted(byRoute)).toEqual(tried.toSorted(byRoute));
  });
});

interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { parameters?: { name: string; required?: boolean }[] }>>>
  >;
}

function byRoute(one: { readonly route: string }, other: { readonly route: string }): number {
  return one.route.localeCompare(other.route);
}
