import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BackInStock } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import fc from 'fast-check';
import { CatalogFixture } from './catalog.fixture.js';
import { StockFixture } from './stock.fixture.js';

let catalog: CatalogFixture;
let stock: StockFixture;
beforeAll(async () => {
  catalog = await CatalogFixture.create();
  stock = new StockFixture(catalog);
});
afterAll(() => catalog.close());

async function sold(productId: string, quantity: number): Promise<string> {
  const orderId = uuidv7();
  await stock.reserve(orderId, productId, quantity);
  await stock.confirm(orderId, productId);
  return orderId;
}

const stockOf = async (productId: string) => {
  const [row] = await catalog.query<{ available: number; sold: number; adjusted: number }>(
    'SELECT available, sold, adjusted FROM stock WHERE product_id = $1',
    [productId],
  );
  return row;
};

describe('goods of an order that came back', () => {
  it('R13 C3: go on the shelf once per return, with an entry in the journal that is no correction', async () => {
    const id = await catalog.addProduct(5);
    const [orderId, returnId] = [await sold(id, 5), uuidv7()];

    await stock.restock(orderId, returnId, id, 2);
    await stock.restock(orderId, returnId, id, 2);
    await stock.restock(orderId, uuidv7(), id, 1);

    expect(await stockOf(id)).toEqual({ available: 3, sold: 2, adjusted: 0 });
    expect(await stock.unbalanced([id])).toEqual([]);
    const journal = await catalog.query(
      'SELECT delta, reason, note, available, actor, return_id FROM stock_adjustment WHERE product_id = $1 ORDER BY stock_version',
      [id],
    );
    expect(journal).toEqual([
      {
        delta: 2,
        reason: 'return',
        note: `Return ${returnId} of order ${orderId}.`,
        available: 2,
        actor: 'service:catalog',
        return_id: returnId,
      },
      expect.objectContaining({ delta: 1, available: 3 }),
    ]);
    const said = (await catalog.outgoing()).filter(({ type, key }) => type === BackInStock.type && key === id);
    expect(said.map(({ data }) => data)).toEqual([{ productId: id, available: 2 }]);
  });

  it('R24: wait for the sale that they are from, and leave no trace before', async () => {
    const id = await catalog.addProduct(5);
    const [orderId, returnId] = [uuidv7(), uuidv7()];

    await expect(stock.restock(orderId, returnId, id, 2)).rejects.toThrow(RetryLater);
    await stock.reserve(orderId, id, 2);
    await expect(stock.restock(orderId, returnId, id, 2)).rejects.toThrow(RetryLater);
    expect(await stockOf(id)).toEqual({ available: 3, sold: 0, adjusted: 0 });
    await stock.confirm(orderId, id);
    await stock.restock(orderId, returnId, id, 2);

    expect(await stockOf(id)).toEqual({ available: 5, sold: 0, adjusted: 0 });
  });

  it('C3: conserve every unit, many at once, some told twice, beside corrections and sales', async () => {
    const returns = fc.array(fc.record({ order: fc.nat(3), twice: fc.boolean() }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(returns, async (list) => {
        const id = await catalog.addProduct(20);
        const orders = await Promise.all([0, 1, 2, 3].map(() => sold(id, 3)));
        const left = orders.map(() => 3);
        const back = list.filter(({ order }) => (left[order] ?? 0) > 0 && (left[order] = (left[order] ?? 0) - 1) >= 0);

        await Promise.all([
          ...back.flatMap(({ order, twice }) => {
            const [orderId, returnId] = [orders[order] ?? '', uuidv7()];
            return Array.from({ length: twice ? 2 : 1 }, () => stock.restock(orderId, returnId, id, 1));
          }),
          stock.adjust(id, 7),
          sold(id, 2),
        ]);

        expect(await stockOf(id)).toEqual({
          available: 20 - 12 + 7 - 2 + back.length,
          sold: 14 - back.length,
          adjusted: 7,
        });
        expect(await stock.unbalanced([id])).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
