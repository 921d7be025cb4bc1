import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrdersApp } from './orders-app.js';

describe('POST /orders', () => {
  let store: OrdersApp;
  let lamp: string;
  beforeAll(async () => {
    store = await OrdersApp.start({ env: { ORDERS_PER_USER: '3' } });
    lamp = store.catalog.add(255);
  });
  afterAll(() => store.stop());

  const place = (as: string, roles?: readonly string[]) =>
    store.call('POST', '/orders', {
      as,
      key: randomUUID(),
      ...(roles && { roles }),
      body: { items: [{ productId: lamp, quantity: 1 }], paymentToken: 'tok_visa' },
    });
  const statuses = async (count: number, call: () => ReturnType<typeof place>) =>
    (await Promise.all(Array.from({ length: count }, call)))
      .map(({ status }) => status)
      .sort((one, other) => one - other);

  it('S51: places so many orders of a customer in a minute and refuses more, with Retry-After', async () => {
    const as = randomUUID();

    expect(await statuses(6, () => place(as))).toEqual([202, 202, 202, 429, 429, 429]);
    const refused = await place(as);
    expect(refused.body).toMatchObject({ type: 'urn:lethe:problem:too-many-requests', status: 429 });
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': '"place-order";q=3;w=60',
      ratelimit: `"place-order";r=0;t=${Number(refused.headers['retry-after'])}`,
    });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  });

  it('S51: says what is left with every order, and lets others order', async () => {
    const { status, headers } = await place(randomUUID());

    expect(status).toBe(202);
    expect(headers['ratelimit']).toBe('"place-order";r=2;t=60');
  });

  it('does not hold up an admin who imports orders', async () => {
    const admin = randomUUID();

    expect(await statuses(5, () => place(admin, ['admin']))).toEqual([202, 202, 202, 202, 202]);
  });
});
