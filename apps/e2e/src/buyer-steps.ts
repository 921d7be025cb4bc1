import { type Order, type Product, orderSchema, placedOrderSchema, productPageSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type RunningStore, StoreClient } from '@lethe/store';
import { eventually } from '@lethe/testing';

export const PASSWORD = 'a long enough passphrase';
const ENDED = new Set(['confirmed', 'rejected', 'cancelled']);

/** A newly registered customer, signed in, whose requests are sent at most so many times. */
export async function newCustomer(store: RunningStore, name = 'Ada', attempts = 8): Promise<StoreClient> {
  const client = new StoreClient({ baseUrl: store.url, attempts });
  const email = `${name.toLowerCase()}-${uuidv7()}@example.com`;
  await client.expect('POST', '/auth/register', { body: { email, password: PASSWORD, name } });
  await client.signIn(email, PASSWORD);
  return client;
}

export async function signedInAdmin(store: RunningStore): Promise<StoreClient> {
  const client = new StoreClient({ baseUrl: store.url });
  await client.signIn('admin@lethe.local', store.adminPassword);
  return client;
}

export async function firstProducts(client: StoreClient, count: number): Promise<Product[]> {
  return (await client.get(`/catalog/products?limit=${count}`, productPageSchema)).items;
}

/** Places an order and answers its id. */
export async function placeOrder(client: StoreClient, body: unknown, idempotencyKey = uuidv7()): Promise<string> {
  return (await client.post('/orders', placedOrderSchema, { body, idempotencyKey })).id;
}

/** The order once it has ended, well or badly. */
export function endOf(client: StoreClient, orderId: string): Promise<Order> {
  return eventually(async () => {
    const order = await client.get(`/orders/${orderId}`, orderSchema);
    if (!ENDED.has(order.status)) throw new Error(`order ${orderId} is still ${order.status}`);
    return order;
  });
}
