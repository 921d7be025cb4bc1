import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cache } from '@lethe/cache';
import { type Product, ReserveStock, imageUploadSchema, quoteSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { describeWithValkey } from '@lethe/local-cloud';
import { UnitOfWork } from '@lethe/outbox';
import { deferred, eventually } from '@lethe/testing';
import { FindProduct, FindProductHandler } from '../src/product/find-product.js';
import { PatchProduct, PatchProductHandler } from '../src/product/patch-product.js';
import { ProductCache } from '../src/product/cache/product-cache.js';
import { ReserveOrderStock, ReserveStockHandler } from '../src/stock/reserve-stock.js';
import { CachedCatalog } from './cache.fixture.js';
import { messageOf } from './catalog.fixture.js';
import { READY } from './images.fixture.js';
import { bearer, functionsBearer, ordersBearer } from './service.fixture.js';

const REPLICAS = [0, 1, 2];
const price = (amount: number) => ({ price: { amount, currency: 'GBP' } });

describeWithValkey('the cached catalogue', (url) => {
  describe('whose entries hardly die of age', () => {
    let shop: CachedCatalog;
    beforeAll(async () => {
      shop = await CachedCatalog.start(url, { PRICE_MAX_AGE_MS: '600000' });
    });
    afterAll(() => shop.stop());

    it('R32: 1,000 requests at once for a product on three replicas cost one load of each, at most', async () => {
      const id = await shop.catalog.addProduct(5);
      const url = `/catalog/products/${id}`;
      const ask = async (at: number) => shop.apps[at % 3]?.inject({ method: 'GET', url });
      const answers = await Promise.all(Array.from({ length: 1_000 }, (_, at) => ask(at)));

      expect(new Set(answers.map((answer) => answer?.statusCode))).toEqual(new Set([200]));
      expect(new Set(answers.map((answer) => answer?.json<Product>().id))).toEqual(new Set([id]));
      expect(await shop.events('products', 'loaded')).toBeLessThanOrEqual(3);
      const answered = ['hit', 'miss', 'shared', 'awaited', 'bypassed'].map((event) => shop.events('products', event));
      expect((await Promise.all(answered)).reduce((sum, count) => sum + count)).toBe(1_000);
    });

    it('shows an admin what he wrote, on every replica: price, tag and page, and 304 only for the tag of now', async () => {
      const id = await shop.add(5);
      for (const at of REPLICAS) await Promise.all([shop.product(at, id), shop.page(at)]);
      const before = (await shop.send(0, 'GET', `products/${id}`)).headers.get('etag') ?? '';

      const patched = await shop.send(1, 'PATCH', `products/${id}`, price(999), { 'if-match': before });
      expect(patched.status).toBe(200);
      const now = patched.headers.get('etag') ?? '';
      expect(now).not.toBe(before);

      for (const at of REPLICAS) {
        expect((await shop.product(at, id)).price.amount).toBe(999);
        expect((await shop.page(at)).find((product) => product.id === id)?.price.amount).toBe(999);
        const conditional = (tag: string) =>
          shop.send(at, 'GET', `products/${id}`, undefined, { 'if-none-match': tag });
        const [changed, same] = await Promise.all([conditional(before), conditional(now)]);
        expect([changed.status, changed.headers.get('etag')]).toEqual([200, now]);
        expect([same.status, await same.text()]).toEqual([304, '']);
        expect((await shop.send(at, 'PATCH', `products/${id}`, price(1), { 'if-match': before })).status).toBe(412);
      }
    });

    it('shows stock as it is after a correction and after an order, in products and pages', async () => {
      const id = await shop.add(10);
      const seen = async (at: number) => [
        (await shop.product(at, id)).available,
        (await shop.page(at)).find((product) => product.id === id)?.available,
      ];
      for (const at of REPLICAS) expect(await seen(at)).toEqual([10, 10]);

      const { headers } = await shop.send(0, 'GET', `products/${id}`);
      const ifMatch = { 'if-match': headers.get('etag') ?? '' };
      expect((await shop.send(2, 'POST', `products/${id}/stock`, { delta: 5 }, ifMatch)).status).toBe(200);
      for (const at of REPLICAS) expect(await seen(at)).toEqual([15, 15]);

      const products = shop.apps[1]?.get(ProductCache) ?? shop.catalog.products;
      const reserve = new ReserveStockHandler(shop.catalog.units, products);
      const order = { orderId: uuidv7(), items: [{ productId: id.toUpperCase(), quantity: 4 }] };
      await reserve.execute(new ReserveOrderStock(messageOf(ReserveStock, order)));
      for (const at of REPLICAS) expect(await seen(at)).toEqual([11, 11]);
    });

    it('shows a new product on every page at once, and a deleted one nowhere; that it is gone is known from Valkey', async () => {
      for (const at of REPLICAS) await shop.page(at);
      const id = await shop.add(1);
      for (const at of REPLICAS) expect((await shop.page(at)).some((product) => product.id === id)).toBe(true);
      await shop.product(0, id);

      await shop.remove(1, id);
      for (const at of REPLICAS) {
        expect((await shop.send(at, 'GET', `products/${id}`)).status).toBe(404);
        expect((await shop.page(at)).some((product) => product.id === id)).toBe(false);
      }
      // The events of both changes forget it once more, some time.
      await eventually(async () => {
        const loads = await shop.events('products', 'loaded');
        expect((await shop.send(0, 'GET', `products/${id.toUpperCase()}`)).status).toBe(404);
        expect(await shop.events('products', 'loaded')).toBe(loads);
      });
    });

    it('shows an image from the moment that it is ready until it is deleted, on every replica, with a tag of its own', async () => {
      const id = await shop.add(5);
      const expected = await shop.send(0, 'POST', `products/${id}/images`, { type: 'image/png' });
      const { imageId } = imageUploadSchema.parse(await expected.json());
      const seen = async (): Promise<unknown[]> => {
        const products = await Promise.all(REPLICAS.map((at) => shop.product(at, id)));
        const pages = await Promise.all(REPLICAS.map((at) => shop.page(at)));
        const listed = pages.map((page) => page.find((product) => product.id === id));
        return [...products, ...listed].map((product) => product?.images?.[0]?.id);
      };
      const tag = async () => (await shop.send(0, 'GET', `products/${id}`)).headers.get('etag');
      expect(await seen()).toEqual(Array(6).fill(undefined));
      const before = await tag();

      const settled = await shop.send(1, 'PUT', `internal/images/${imageId}`, READY, functionsBearer());
      expect(settled.status).toBe(204);
      expect(await seen()).toEqual(Array(6).fill(imageId));
      const shown = await tag();

      const gone = await shop.send(2, 'DELETE', `products/${id}/images/${imageId}`, undefined, await bearer('admin'));
      expect(gone.status).toBe(204);
      expect(await seen()).toEqual(Array(6).fill(undefined));
      expect(new Set([before, shown, await tag()]).size).toBe(3);
    });

    it('never quotes an order from the cache', async () => {
      const id = await shop.catalog.addProduct(5);
      await shop.product(0, id);
      await shop.priceBehindTheBack(id, 777);

      for (const at of REPLICAS) {
        const quote = await shop.send(at, 'POST', 'quotes', { productIds: [id] }, ordersBearer());
        expect(quoteSchema.parse(await quote.json()).items).toMatchObject([{ id, ...price(777) }]);
        expect((await shop.product(at, id)).price.amount).toBe(250);
      }
    });

    it('R15: forgets by event what a replica that died after its commit could not, however long entries live', async () => {
      const id = await shop.catalog.addProduct(5);
      for (const at of REPLICAS) await Promise.all([shop.product(at, id), shop.page(at)]);
      const dying = new ProductCache(new Cache({ namespace: 'dead' }), 1_000);
      const units = new UnitOfWork(shop.catalog.database, shop.catalog.outbox);

      await new PatchProductHandler(units, dying).execute(new PatchProduct(id, undefined, price(888)));

      await eventually(async () => {
        for (const at of REPLICAS) {
          expect((await shop.product(at, id)).price.amount).toBe(888);
          expect((await shop.page(at)).find((product) => product.id === id)?.price.amount).toBe(888);
        }
      });
    });

    it('R32: a slow read of Postgres that began before a change cannot put the old price back', async () => {
      const id = await shop.catalog.addProduct(5);
      const [read, goOn] = [deferred(), deferred()];
      const products = shop.apps[0]?.get(ProductCache) ?? shop.catalog.products;
      const find = new FindProductHandler(shop.catalog.database, shop.catalog.products);
      const slow = products.product(id, async () => {
        const found = await find.execute(new FindProduct(id));
        read.resolve();
        await goOn.promise;
        return found;
      });
      await read.promise;
      expect((await shop.send(1, 'PATCH', `products/${id}`, price(999), { 'if-match': '*' })).status).toBe(200);
      goOn.resolve();

      expect((await slow)?.product.price.amount).toBe(250);
      for (const at of [...REPLICAS, ...REPLICAS]) expect((await shop.product(at, id)).price.amount).toBe(999);
    });

    it('shows on /metrics how it answers', async () => {
      const id = await shop.catalog.addProduct(5);
      const hits = await shop.events('products', 'hit');
      await shop.product(0, id);
      await shop.product(1, id);

      expect(await shop.events('products', 'hit')).toBe(hits + 1);
      const metrics = await shop.apps[0]?.inject({ method: 'GET', url: '/metrics' });
      expect(metrics?.body).toMatch(/^cache_store_up\{service="catalog"\} 1$/m);
      expect(metrics?.body).toMatch(/^cache_loads_running\{service="catalog"\} 0$/m);
    });
  });

  describe('whose price may be half a second old', () => {
    const BOUND_MS = 500;
    let shop: CachedCatalog;
    beforeAll(async () => {
      shop = await CachedCatalog.start(url, { PRICE_MAX_AGE_MS: String(BOUND_MS) });
    });
    afterAll(() => shop.stop());

    it('R32: shows no price that was replaced earlier than that before the request, though nobody was told', async () => {
      const id = await shop.catalog.addProduct(5);
      for (let amount = 300; amount < 303; amount += 1) {
        for (const at of REPLICAS) await Promise.all([shop.product(at, id), shop.page(at)]);
        await shop.priceBehindTheBack(id, amount);
        const committed = performance.now();
        let asked: number;
        let seen: (number | undefined)[];
        do {
          asked = performance.now();
          const [product, page] = await Promise.all([shop.product(amount, id), shop.page(amount)]);
          seen = [product.price.amount, page.find((item) => item.id === id)?.price.amount];
        } while (asked < committed + BOUND_MS);
        expect(seen).toEqual([amount, amount]);
      }
      expect(await shop.events('products', 'stale')).toBeGreaterThan(0);
    });
  });
});
