import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { receiptOrderSchema } from '@lethe/contracts';
import { OrdersApp } from './orders-app.js';

describe('what a receipt is made of', () => {
  let store: OrdersApp;
  let lamp: string;
  beforeAll(async () => {
    store = await OrdersApp.start();
    lamp = store.catalog.add(1_250);
  });
  afterAll(() => store.stop());

  async function placed(as: string): Promise<string> {
    const body = { items: [{ productId: lamp, quantity: 2 }], paymentToken: 'tok_visa' };
    return (await store.call('POST', '/orders', { as, key: randomUUID(), body })).body.id;
  }

  it('is told to the functions, with whose order it is', async () => {
    const customerId = randomUUID();
    const id = await placed(customerId);

    const { status, body } = await store.call('GET', `/orders/internal/receipts/${id}`, { service: 'functions' });

    expect(status).toBe(200);
    expect(receiptOrderSchema.parse(body)).toMatchObject({
      id,
      customerId,
      recordedAt: expect.any(String),
      total: { amount: 2_500 },
      items: [{ productId: lamp, quantity: 2 }],
    });
    expect(body).not.toHaveProperty('history');
  });

  it('S37 S40: is told to no other service, and to no user, an admin neither', async () => {
    const customer = randomUUID();
    const url = `/orders/internal/receipts/${await placed(customer)}`;

    expect((await store.call('GET', url, { service: 'catalog' })).status).toBe(403);
    expect((await store.call('GET', url, { as: customer })).status).toBe(401);
    expect((await store.call('GET', url, { roles: ['admin'] })).status).toBe(401);
  });

  it('is not there for an order that is not', async () => {
    const url = `/orders/internal/receipts/${randomUUID()}`;

    expect((await store.call('GET', url, { service: 'functions' })).status).toBe(404);
  });
});
