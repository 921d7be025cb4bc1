import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BackInStock } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import fc from 'fast-check';
import { StockBelowZeroError } from '../src/catalog.errors.js';
import { CatalogFixture } from './catalog.fixture.js';
import { ImportFixture, retailFile, retailLine } from './import.fixture.js';
import { StockFixture, stockOperations } from './stock.fixture.js';

let catalog: CatalogFixture;
let stock: StockFixture;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  stock = new StockFixture(catalog);
});
afterAll(() => catalog.close());
beforeEach(async () => {
  await catalog.query('DELETE FROM outbox');
});

/** What was said of the product: how many were available each time that it came back. */
async function said(productId: string): Promise<unknown[]> {
  const rows = await catalog.outgoing();
  return rows.filter(({ type, key }) => type === BackInStock.type && key === productId).map(({ data }) => data);
}

/** A product of which this many orders have taken everything, one unit each. */
async function soldOut(orders: readonly string[]): Promise<string> {
  const id = await catalog.addProduct(orders.length);
  for (const order of orders) await stock.reserve(order, id);
  return id;
}

describe('catalog.back-in-stock.v1', () => {
  it('is said by a correction from zero, and by none from more than that', async () => {
    const id = await catalog.addProduct(0);

    await stock.adjust(id, 3);
    await stock.adjust(id, 2);
    await stock.adjust(id, -5);
    await stock.adjust(id, 0);
    await stock.adjust(id, 1);

    expect(await said(id)).toEqual([
      { productId: id, available: 3 },
      { productId: id, available: 1 },
    ]);
  });

  it('is not said by a correction that is refused', async () => {
    const id = await catalog.addProduct(0);

    await expect(stock.adjust(id, -1)).rejects.toThrow(StockBelowZeroError);

    expect(await said(id)).toEqual([]);
  });

  it('is said once where 20 corrections from zero come at once', async () => {
    const id = await catalog.addProduct(0);

    await Promise.all(Array.from({ length: 20 }, () => stock.adjust(id, 1)));

    expect(await said(id)).toEqual([{ productId: id, available: 1 }]);
  });

  it('R13: is said once where the orders that took everything are released at once, each of them twice', async () => {
    const orders = Array.from({ length: 8 }, () => uuidv7());
    const id = await soldOut(orders);

    await Promise.all([...orders, ...orders].map((order) => stock.release(order)));

    expect(await said(id)).toEqual([{ productId: id, available: 1 }]);
  });

  it('is not said of a product that is no longer in the shop', async () => {
    const order = uuidv7();
    const id = await soldOut([order]);
    await catalog.query('UPDATE product SET deleted_at = now() WHERE id = $1', [id]);

    await stock.release(order);

    expect(await said(id)).toEqual([]);
  });

  it('is said by an import that brings more of what was sold out, once, and not of what is new', async () => {
    const imports = new ImportFixture(catalog);
    const file = (units: number): string =>
      retailFile(retailLine('22423', 'CAKESTAND', units, '12.75'), retailLine('85123A', 'HEART', 6, '2.55'));
    await imports.import('online-retail', file(2));
    const [product] = await catalog.query<{ id: string }>(`SELECT id FROM product WHERE sku = '22423'`);
    const id = product?.id ?? '';
    await stock.reserve(uuidv7(), id, 2);

    await imports.import('online-retail', file(2));
    await imports.import('online-retail', file(7));
    await imports.import('online-retail', file(9));

    expect(await said(id)).toEqual([{ productId: id, available: 5 }]);
    expect((await catalog.outgoing()).filter(({ type }) => type === BackInStock.type)).toHaveLength(1);
  });

  it('is said exactly as often as the table itself sees zero become more, whatever happens at once', async () => {
    await catalog.query('CREATE TABLE spec_crossing (product_id uuid, available bigint)');
    await catalog.query(
      `CREATE FUNCTION spec_cross() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN INSERT INTO spec_crossing VALUES (NEW.product_id, NEW.available); RETURN NULL; END'`,
    );
    await catalog.query(
      `CREATE TRIGGER spec_crossed AFTER UPDATE ON stock FOR EACH ROW
       WHEN (OLD.available = 0 AND NEW.available > 0) EXECUTE FUNCTION spec_cross()`,
    );
    let crossings = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(stockOperations, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const products = [await catalog.addProduct(2), await catalog.addProduct(0)];
        const run = stock.run(products);
        for (const round of rounds) await Promise.all(round.map((operation) => run(operation)));
        for (const id of products) {
          const seen = await catalog.query<{ available: number }>(
            'SELECT available FROM spec_crossing WHERE product_id = $1',
            [id],
          );
          const expected = seen.map(({ available }) => ({ productId: id, available }));
          const told = await said(id);
          expect(told).toHaveLength(expected.length);
          expect(told).toEqual(expect.arrayContaining(expected));
          crossings += expected.length;
        }
      }),
      { numRuns: 12 },
    );

    expect(crossings).toBeGreaterThan(0);
  });
});
