import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canary from '@lethe/infra/canary';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Order,
  cartSchema,
  imageListSchema,
  imageUploadSchema,
  orderPageSchema,
  orderSchema,
  productPageSchema,
  productSchema,
  profileSchema,
  salesSchema,
  tokensSchema,
} from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { z } from 'zod';
import { PASSWORD, endOf, firstProducts, newCustomer, placeOrder, signedInAdmin } from '../src/buyer-steps.js';
import { pngOf, postForm } from '../src/image-upload.js';
import { ConsoleUser } from '../src/console-user.js';

const REPLICAS = 2;
/** For a function that is invoked for the first time, on a machine that has more to do. */
const PATIENT = { timeoutMs: 30_000 };
let dataDir: string;
let store: RunningStore;

const start = (): Promise<RunningStore> =>
  startStore({ dataDir, port: 0, replicas: REPLICAS, fresh: false, seed: true, logLevel: 'warn' });

beforeAll(async () => {
  // A folder with a space in its name, as a laptop has them.
  dataDir = mkdtempSync(join(tmpdir(), 'lethe e2e-'));
  store = await start();
}, 180_000);

afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** The order once it is in the state. */
function orderIn(client: StoreClient, id: string, status: Order['status']): Promise<Order> {
  return eventually(
    async () => {
      const order = await client.get(`/orders/${id}`, orderSchema);
      expect(order.status).toBe(status);
      return order;
    },
    { timeoutMs: 40_000 },
  );
}

/** The replicas that answer the same request, sent often enough for each to have its turn. */
async function instancesOf(client: StoreClient, path: string): Promise<Set<string | null>> {
  const answers = await Promise.all(Array.from({ length: REPLICAS * 4 }, () => client.expect('GET', path)));
  return new Set(answers.map(({ headers }) => headers.get('x-instance')));
}

const mailbox = z.object({
  emails: z.array(
    z.object({
      subject: z.string(),
      destination: z.object({ to: z.array(z.string()) }),
      body: z.object({ text: z.string() }),
    }),
  ),
});

/** What was mailed to a customer so far: the subjects without the order's number. */
async function newsFor(client: StoreClient): Promise<string[]> {
  const { email } = await client.get('/auth/me', profileSchema);
  const { emails } = mailbox.parse(await (await fetch(`${store.mailUrl}/store`)).json());
  return emails.flatMap(({ subject, destination }) => (destination.to.includes(email) ? [subject.slice(-16)] : []));
}

/** The code in the mail with the subject that went to the address. Throws where there is none yet. */
async function mailedCode(address: string, subject: string): Promise<string> {
  const { emails } = mailbox.parse(await (await fetch(`${store.mailUrl}/store`)).json());
  const mail = emails.find((sent) => sent.subject === subject && sent.destination.to.includes(address));
  const [code] = /\w{5}-\w{5}/.exec(mail?.body.text ?? '') ?? [];
  if (code === undefined) throw new RangeError('no code was mailed yet');
  return code;
}

describe('a journey through the load balancer', () => {
  it('sells a product: register, sign in, browse, fill a cart, order, confirmed', async () => {
    const ada = await newCustomer(store);
    const [product] = (await ada.get('/catalog/products?q=lantern&limit=1', productPageSchema)).items;
    await ada.expect('PUT', `/carts/me/items/${product?.id}`, { body: { quantity: 2 } });

    const orderId = await placeOrder(ada, { fromCart: true, paymentToken: 'tok_visa' });
    const order = await endOf(ada, orderId);

    expect(order.status).toBe('confirmed');
    expect(order.history.map(({ status }) => status)).toEqual(['pending', 'reserved', 'paid', 'confirmed']);
    expect(order.items).toMatchObject([{ productId: product?.id, quantity: 2, unitPrice: product?.price }]);
    expect(order.total.amount).toBe((product?.price.amount ?? 0) * 2);
    await eventually(async () => expect((await ada.get('/carts/me', cartSchema)).items).toEqual([]));
    const after = await ada.get(`/catalog/products/${product?.id}`, productSchema);
    expect(after.available).toBe((product?.available ?? 0) - 2);
    await eventually(
      async () => expect(await newsFor(ada)).toContainEqual(expect.stringMatching(/is confirmed$/)),
      PATIENT,
    );
  });

  it('sells to the canary that watches production, each time it comes', async () => {
    const account = { email: `canary-${uuidv7()}@example.com`, password: PASSWORD, paymentToken: 'tok_visa' };

    const first = await canary.buy(store.url, account, 100);
    const second = await canary.buy(store.url, account, 100);

    expect([first.status, second.status]).toEqual([
      expect.stringMatching(/^(confirmed|fulfilling)$/),
      expect.stringMatching(/^(confirmed|fulfilling)$/),
    ]);
    expect(second.orderId).not.toBe(first.orderId);
  }, 120_000);

  it('R30: a session and a cart are the same on every replica', async () => {
    const ada = await newCustomer(store);
    const [product] = await firstProducts(ada, 1);
    await ada.expect('PUT', `/carts/me/items/${product?.id}`, { body: { quantity: 3 } });

    const [me, cart] = [await instancesOf(ada, '/auth/me'), await instancesOf(ada, '/carts/me')];
    const carts = await Promise.all(Array.from({ length: REPLICAS * 2 }, () => ada.get('/carts/me', cartSchema)));

    expect(me.size).toBe(REPLICAS);
    expect(cart.size).toBe(REPLICAS);
    for (const { items } of carts) expect(items).toEqual([{ productId: product?.id, quantity: 3 }]);
  });

  it('rotates refresh tokens across replicas and ends the session at sign-out', async () => {
    const ada = new StoreClient({ baseUrl: store.url });
    const email = `ada-${uuidv7()}@example.com`;
    await ada.expect('POST', '/auth/register', { body: { email, password: 'a long enough passphrase', name: 'Ada' } });
    const first = await ada.signIn(email, 'a long enough passphrase');

    const second = await ada.post('/auth/refresh', tokensSchema, { body: { refreshToken: first.refreshToken } });
    await ada.expect('POST', '/auth/logout', { body: { refreshToken: second.refreshToken } });
    const ended = await ada.send('POST', '/auth/refresh', { body: { refreshToken: second.refreshToken } });

    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(ended.status).toBe(401);
  });

  it('gives stock back when the payment is declined', async () => {
    const ada = await newCustomer(store);
    const [product] = await firstProducts(ada, 1);

    const order = await endOf(
      ada,
      await placeOrder(ada, { items: [{ productId: product?.id, quantity: 1 }], paymentToken: 'tok_chargeDeclined' }),
    );

    expect(order).toMatchObject({ status: 'rejected', reason: 'payment-declined' });
    await eventually(async () =>
      expect((await ada.get(`/catalog/products/${product?.id}`, productSchema)).available).toBe(product?.available),
    );
  });

  it("has the customer's bank asked where it wants to be, and goes on by the provider's webhook", async () => {
    const ada = await newCustomer(store);
    const [product] = await firstProducts(ada, 1);
    const items = [{ productId: product?.id, quantity: 1 }];
    const orderId = await placeOrder(ada, { items, paymentToken: 'tok_threeDSecure2Required' });

    const page = await eventually(async () => {
      const { payment } = await ada.get(`/orders/${orderId}`, orderSchema);
      expect(payment).toMatchObject({ status: 'requires-action', actionUrl: expect.any(String) });
      return payment?.actionUrl ?? '';
    });
    await fetch(page, { method: 'POST', body: new URLSearchParams({ outcome: 'approve' }), redirect: 'manual' });

    // Long before the time-out of two minutes.
    expect(await endOf(ada, orderId)).toMatchObject({ status: 'confirmed', payment: { status: 'captured' } });
  });

  it('R02 R24: brings an order to the customer by its workflow, whose runner is killed on the way', async () => {
    const [ada, admin] = [await newCustomer(store), await signedInAdmin(store)];
    const [product] = await firstProducts(ada, 1);
    const items = [{ productId: product?.id, quantity: 1 }];
    const { id } = await endOf(ada, await placeOrder(ada, { items, paymentToken: 'tok_visa' }));

    await admin.expect('POST', `/orders/${id}/fulfilment`);
    const runner = store.backing().find(({ name }) => name === 'sfn')?.pid;
    if (runner !== undefined) process.kill(runner, 'SIGKILL');

    const order = await orderIn(ada, id, 'delivered');
    const states = ['pending', 'reserved', 'paid', 'confirmed', 'fulfilling', 'shipped', 'delivered'];
    expect(order.history.map(({ status }) => status)).toEqual(states);
    expect(order.shipment).toMatchObject({ tracking: expect.any(String), deliveredAt: expect.any(String) });
    await eventually(
      async () => expect(await newsFor(ada)).toContainEqual(expect.stringMatching(/is on its way$/)),
      PATIENT,
    );
  }, 60_000);

  it('R24: gives money and stock back where the staff does not approve of an order', async () => {
    const [ada, admin] = [await newCustomer(store), await signedInAdmin(store)];
    const price = { amount: 900_000, currency: 'GBP' };
    const body = { sku: `DEAR-${uuidv7()}`, name: 'A throne', price, available: 3 };
    const { id: productId } = await admin.post('/catalog/products', productSchema, { body });
    const items = [{ productId, quantity: 2 }];
    const { id } = await endOf(ada, await placeOrder(ada, { items, paymentToken: 'tok_visa' }));

    await admin.expect('POST', `/orders/${id}/fulfilment`);
    await eventually(() =>
      admin.expect('POST', `/orders/${id}/approvals`, { body: { subject: 'fulfilment', decision: 'denied' } }),
    );

    const { refunds, total } = await orderIn(ada, id, 'refunded');
    expect(refunds).toMatchObject([{ amount: total, status: 'succeeded' }]);
    await eventually(async () => {
      expect((await ada.get(`/catalog/products/${productId}`, productSchema)).available).toBe(3);
    });
  }, 60_000);

  it('rejects an order for more than there is', async () => {
    const ada = await newCustomer(store);
    const [product] = await firstProducts(ada, 1);

    const order = await endOf(
      ada,
      await placeOrder(ada, { items: [{ productId: product?.id, quantity: 900_000 }], paymentToken: 'tok_visa' }),
    );

    expect(order).toMatchObject({ status: 'rejected', reason: 'out-of-stock' });
  });

  it('finds misspelt words', async () => {
    const page = await new StoreClient({ baseUrl: store.url }).get(
      '/catalog/products?q=lantren&limit=5',
      productPageSchema,
    );

    expect(page.items.map(({ name }) => name).join(' ')).toMatch(/lantern/i);
  });

  it('S47: shows an image that was uploaded straight to S3, in several sizes, until it is deleted', async () => {
    const admin = await signedInAdmin(store);
    const anyone = new StoreClient({ baseUrl: store.url });
    const [product] = await firstProducts(anyone, 1);
    const path = `/catalog/products/${product?.id}`;
    const expectImage = () => admin.post(`${path}/images`, imageUploadSchema, { body: { type: 'image/png' } });
    const [good, bad] = [await expectImage(), await expectImage()];
    expect(await postForm(good, pngOf(400, 200))).toBe(204);
    expect(await postForm(bad, Buffer.from('<script>alert(1)</script>'))).toBe(204);

    const [image] = await eventually(async () => {
      const { images } = await anyone.get(path, productSchema);
      if (images === undefined) throw new Error('no image is shown yet');
      return images;
    }, PATIENT);

    expect(image?.sizes.map(({ type, width, height }) => [type, width, height])).toEqual([
      ['image/avif', 320, 160],
      ['image/webp', 320, 160],
      ['image/avif', 400, 200],
      ['image/webp', 400, 200],
    ]);
    for (const { url, type } of image?.sizes ?? []) {
      const { status, headers } = await fetch(new URL(url, store.url));
      expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
        200,
        type,
        'nosniff',
      ]);
    }
    await eventually(async () => {
      const { items } = await admin.get(`${path}/images`, imageListSchema);
      expect(items.find(({ id }) => id === bad.imageId)).toMatchObject({ status: 'refused', reason: 'not-an-image' });
    }, PATIENT);
    await admin.expect('DELETE', `${path}/images/${good.imageId}`);
    expect(await anyone.get(path, productSchema)).not.toHaveProperty('images');
    await eventually(async () => {
      expect((await fetch(new URL(image?.sizes[0]?.url ?? '', store.url))).status).toBe(404);
    });
  }, 60_000);

  it('C7: shows an order to its customer and to an admin, and to nobody else', async () => {
    const [ada, eve, admin] = [await newCustomer(store), await newCustomer(store, 'Eve'), await signedInAdmin(store)];
    const [product] = await firstProducts(ada, 1);
    const orderId = await placeOrder(ada, {
      items: [{ productId: product?.id, quantity: 1 }],
      paymentToken: 'tok_visa',
    });

    expect((await eve.send('GET', `/orders/${orderId}`)).status).toBe(404);
    expect((await eve.send('POST', `/orders/${orderId}/cancel`)).status).toBe(404);
    expect((await eve.get('/orders', orderPageSchema)).items).toEqual([]);
    expect((await ada.get(`/orders/${orderId}`, orderSchema)).id).toBe(orderId);
    expect((await admin.get(`/orders/${orderId}`, orderSchema)).id).toBe(orderId);
  });

  it('counts each confirmed order and each click once', async () => {
    const [ada, admin] = [await newCustomer(store), await signedInAdmin(store)];
    const [product] = await firstProducts(ada, 1);
    const placedAt = '2001-02-03T04:05:06.000Z';
    const body = { items: [{ productId: product?.id, quantity: 4 }], paymentToken: 'tok_visa', placedAt };
    const order = await endOf(admin, await placeOrder(admin, body));
    const click = { id: uuidv7(), type: 'view', at: placedAt, sessionId: uuidv7() };
    for (let time = 0; time < 3; time += 1)
      await ada.expect('POST', '/analytics/events', { body: { events: [click] } });

    await eventually(async () => {
      const { buckets } = await admin.get('/analytics/sales?from=2001-02-03&to=2001-02-03&bucket=hour', salesSchema);
      expect(buckets).toEqual([{ start: '2001-02-03T04:00:00.000Z', orders: 1, units: 4, revenue: order.total }]);
      const { body: funnel } = await admin.expect('GET', '/analytics/funnel?from=2001-02-03&to=2001-02-03');
      expect(funnel).toMatchObject({ events: { view: 1 }, sessions: { view: 1 }, orders: { confirmed: 1 } });
    });
  });

  it('S28: mails a code with which a forgotten password is changed', async () => {
    const ada = await newCustomer(store);
    const { email } = await ada.get('/auth/me', profileSchema);
    const newPassword = 'entirely another long passphrase';
    const nobody = new StoreClient({ baseUrl: store.url });

    await nobody.expect('POST', '/auth/password/forgot', { body: { email } });
    const code = await eventually(() => mailedCode(email, 'Reset your password'));
    await nobody.expect('POST', '/auth/password/reset', { body: { email, code, newPassword } });

    await nobody.signIn(email, newPassword);
    expect(await nobody.get('/auth/me', profileSchema)).toMatchObject({ email, emailVerified: true });
  });

  it('answers as before after a restart of everything', async () => {
    const ada = await newCustomer(store);
    const [product] = await firstProducts(ada, 1);
    await ada.expect('PUT', `/carts/me/items/${product?.id}`, { body: { quantity: 5 } });
    const order = await endOf(
      ada,
      await placeOrder(ada, { items: [{ productId: product?.id, quantity: 1 }], paymentToken: 'tok_visa' }),
    );
    const me = await ada.get('/auth/me', profileSchema);

    await store.stop();
    store = await start();
    const again = new StoreClient({ baseUrl: store.url });
    await again.signIn(me.email, 'a long enough passphrase');

    expect(await again.get(`/orders/${order.id}`, orderSchema)).toEqual(order);
    expect(await again.get('/auth/me', profileSchema)).toEqual(me);
    expect((await again.get('/carts/me', cartSchema)).items).toEqual([{ productId: product?.id, quantity: 5 }]);
  }, 120_000);

  it('R01 R30: a rolling restart of every replica under load fails no request, and nobody has to sign in again', async () => {
    const [ada, admin] = [await newCustomer(store, 'Ada', 1), await signedInAdmin(store)];
    const atConsole = new ConsoleUser(store);
    await atConsole.signIn('admin@lethe.local', store.adminPassword);
    const [product] = await firstProducts(ada, 1);
    const statuses = new Map<number, number>();
    const loading = new AbortController();
    const load = async (): Promise<void> => {
      while (!loading.signal.aborted) {
        const answers = [
          await fetch(new URL(`/catalog/products/${product?.id}`, store.url)),
          await ada.send('GET', '/auth/me'),
          await ada.send('POST', '/orders', {
            body: { items: [{ productId: product?.id, quantity: 1 }], paymentToken: 'tok_visa' },
            idempotencyKey: uuidv7(),
          }),
        ];
        for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const before = store.replicas().map(({ id }) => id);

    const loads = Array.from({ length: 2 }, load);
    await store.rollingRestart();
    loading.abort();
    await Promise.all(loads);

    expect(store.replicas().filter(({ id }) => before.includes(id))).toEqual([]);
    expect(new Set(statuses.keys())).toEqual(new Set([200, 202]));
    expect(await atConsole.refresh()).toBe(200);
    expect(await atConsole.isKnown()).toBe(true);
    await eventually(async () => {
      const { items } = await admin.get('/orders?scope=all&limit=100', orderPageSchema);
      expect(items.filter(({ status }) => ['pending', 'reserved', 'paid'].includes(status))).toEqual([]);
    });
  }, 180_000);
});
