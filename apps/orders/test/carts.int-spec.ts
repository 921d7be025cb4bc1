import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cartSchema } from '@lethe/contracts';
import { MAX_CART_ITEMS } from '../src/cart/cart.js';
import { CartStore } from '../src/cart/cart.store.js';
import { OrdersApp } from './orders-app.js';

let store: OrdersApp;
let products: string[];

beforeAll(async () => {
  store = await OrdersApp.start();
  products = Array.from({ length: 5 }, () => store.catalog.add(100));
});
afterAll(() => store.stop());

const product = (at: number): string => products[at] ?? '';
const put = (as: string, productId: string, quantity: unknown) =>
  store.call('PUT', `/carts/me/items/${productId}`, { as, body: { quantity } });
const remove = (as: string, productId: string) => store.call('DELETE', `/carts/me/items/${productId}`, { as });
const checkOut = (as: string, key: string = randomUUID()) =>
  store.call('POST', '/orders', { as, key, body: { fromCart: true, paymentToken: 'tok_visa' } });
async function itemsOf(as: string) {
  const { body } = await store.call('GET', '/carts/me', { as });
  return cartSchema.strict().parse(body).items;
}

describe('a cart', () => {
  it('is empty at first', async () => {
    expect(await itemsOf(randomUUID())).toEqual([]);
  });

  it('keeps products in the order in which they came in', async () => {
    const as = randomUUID();
    for (const at of [2, 0, 1]) await put(as, product(at), 1);
    const { status, body } = await put(as, product(0), 7);

    expect(status).toBe(200);
    expect(body['items']).toEqual([
      { productId: product(2), quantity: 1 },
      { productId: product(0), quantity: 7 },
      { productId: product(1), quantity: 1 },
    ]);
    expect(await itemsOf(as)).toEqual(body['items']);
  });

  it('loses a product, and loses it again without a fuss', async () => {
    const as = randomUUID();
    await put(as, product(0), 1);

    expect(await remove(as, product(0))).toMatchObject({ status: 200, body: { items: [] } });
    expect(await remove(as, product(0))).toMatchObject({ status: 200, body: { items: [] } });
    expect((await remove(as, 'no-uuid')).status).toBe(404);
  });

  it('is emptied as a whole', async () => {
    const as = randomUUID();
    await put(as, product(0), 1);

    expect(await store.call('DELETE', '/carts/me', { as })).toMatchObject({ status: 200, body: { items: [] } });
    expect(await itemsOf(as)).toEqual([]);
  });

  it('takes no product that the catalogue does not know', async () => {
    expect((await put(randomUUID(), randomUUID(), 1)).status).toBe(404);
    expect((await put(randomUUID(), 'lamp', 1)).status).toBe(404);
  });

  it.each([0, -1, 1.5, '1', null, 1_000_001])('answers 400 to the quantity %p and points at it', async (quantity) => {
    expect(await put(randomUUID(), product(0), quantity)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/quantity' }] },
    });
  });

  it('answers 409 beyond its limit of products', async () => {
    const as = randomUUID();
    await store.app
      .get(CartStore)
      .change(as, () => Array.from({ length: MAX_CART_ITEMS }, () => ({ productId: randomUUID(), quantity: 1 })));

    expect((await put(as, product(0), 1)).status).toBe(409);
  });

  it('R27: loses none of many changes at once', async () => {
    const as = randomUUID();

    const answers = await Promise.all(products.map((id, at) => put(as, id, at + 1)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Map((await itemsOf(as)).map(({ productId, quantity }) => [productId, quantity]))).toEqual(
      new Map(products.map((id, at) => [id, at + 1])),
    );
  });

  it('C7: is its owner’s alone', async () => {
    await put(randomUUID(), product(0), 1);

    expect(await itemsOf(randomUUID())).toEqual([]);
  });
});

describe('an order from the cart', () => {
  it('has what the cart holds', async () => {
    const as = randomUUID();
    await put(as, product(0), 2);
    await put(as, product(1), 1);

    const { status, body } = await checkOut(as);

    expect(status).toBe(202);
    expect(body['total']).toEqual({ amount: 300, currency: 'GBP' });
  });

  it('answers 422 for an empty cart', async () => {
    expect(await checkOut(randomUUID())).toMatchObject({ status: 422, body: { errors: [{ pointer: '/fromCart' }] } });
  });

  it('is replayed when the cart is empty by then', async () => {
    const as = randomUUID();
    await put(as, product(0), 2);
    const first = await checkOut(as, 'k');
    await store.call('DELETE', '/carts/me', { as });

    expect(await checkOut(as, 'k')).toMatchObject({ status: 202, body: first.body });
  });
});

describe('emptying a cart at a version', () => {
  it('happens once, and not at all when the cart was changed since', async () => {
    const as = randomUUID();
    const carts = store.app.get(CartStore);
    await put(as, product(0), 1);
    const { version } = await carts.read(as);
    await put(as, product(1), 1);

    expect(await carts.emptyAt(as, version)).toBe(false);
    expect(await itemsOf(as)).toHaveLength(2);
    expect(await carts.emptyAt(as, version + 1)).toBe(true);
    expect(await carts.emptyAt(as, version + 1)).toBe(false);
  });

  it('never lets an old version come again', async () => {
    const as = randomUUID();
    const carts = store.app.get(CartStore);
    await put(as, product(0), 1);
    const { version } = await carts.read(as);
    await carts.emptyAt(as, version);
    await put(as, product(0), 1);

    expect((await carts.read(as)).version).toBeGreaterThan(version + 1);
  });
});
