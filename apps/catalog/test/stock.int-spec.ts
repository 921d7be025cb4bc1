import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OrderConfirmed, ReleaseStock, ReserveStock, StockRejected, StockReserved } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import type { DataOf, MessageOf } from '@lethe/topology';
import { NotReservedError } from '../src/catalog.errors.js';
import { ReleaseOrderStock, ReleaseStockHandler } from '../src/stock/release-stock.js';
import { ReserveOrderStock, ReserveStockHandler } from '../src/stock/reserve-stock.js';
import { SellOrderStock, SellStockHandler } from '../src/stock/sell-stock.js';
import { CatalogFixture, messageOf } from './catalog.fixture.js';

let catalog: CatalogFixture;
let reserveStock: ReserveStockHandler;
let releaseStock: ReleaseStockHandler;
let sellStock: SellStockHandler;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  reserveStock = new ReserveStockHandler(catalog.units, catalog.products);
  releaseStock = new ReleaseStockHandler(catalog.units, catalog.products);
  sellStock = new SellStockHandler(catalog.inbox);
});
afterAll(() => catalog.close());
beforeEach(async () => {
  await catalog.query('DELETE FROM outbox');
});

type Lines = DataOf<typeof ReserveStock>['items'];
const reservation = (orderId: string, items: Lines) => messageOf(ReserveStock, { orderId, items });
const reserve = (orderId: string, ...items: Lines) =>
  reserveStock.execute(new ReserveOrderStock(reservation(orderId, items)));
const release = (orderId: string) => releaseStock.execute(new ReleaseOrderStock(messageOf(ReleaseStock, { orderId })));

function confirmation(orderId: string, productId: string): MessageOf<typeof OrderConfirmed> {
  const total = { amount: 250, currency: 'GBP' };
  const at = new Date().toISOString();
  const items = [{ productId, sku: 'S', name: 'N', quantity: 1, unitPrice: total }];
  return messageOf(OrderConfirmed, { orderId, placedAt: at, confirmedAt: at, total, items });
}
const confirm = (orderId: string, productId: string) =>
  sellStock.execute(new SellOrderStock(confirmation(orderId, productId)));

interface Stock {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}
async function stockOf(productId: string): Promise<Stock | undefined> {
  const [row] = await catalog.query<Stock>('SELECT available, reserved, sold FROM stock WHERE product_id = $1', [
    productId,
  ]);
  return row;
}
const answers = async (orderId: string) => (await catalog.outgoing()).filter(({ key }) => key === orderId);
const reserved = (orderId: string) => ({ type: StockReserved.type, key: orderId, data: { orderId } });

describe('ReserveStock', () => {
  it('sets every line aside, lines of one product added up, and says so in the same commit', async () => {
    const [a, b, orderId] = [await catalog.addProduct(5), await catalog.addProduct(1), uuidv7()];

    await reserve(orderId, { productId: a, quantity: 2 }, { productId: b, quantity: 1 }, { productId: a, quantity: 3 });

    expect(await stockOf(a)).toEqual({ available: 0, reserved: 5, sold: 0 });
    expect(await stockOf(b)).toEqual({ available: 0, reserved: 1, sold: 0 });
    expect(await answers(orderId)).toEqual([reserved(orderId)]);
  });

  it('sets nothing aside where one line falls short, and lists each shortage; an unknown product has none', async () => {
    const [a, b, unknown, orderId] = [await catalog.addProduct(5), await catalog.addProduct(1), uuidv7(), uuidv7()];

    await reserve(
      orderId,
      { productId: a, quantity: 5 },
      { productId: b, quantity: 2 },
      { productId: unknown, quantity: 1 },
    );

    expect(await stockOf(a)).toEqual({ available: 5, reserved: 0, sold: 0 });
    expect(await answers(orderId)).toEqual([
      {
        type: StockRejected.type,
        key: orderId,
        data: {
          orderId,
          shortages: [
            { productId: b, requested: 2, available: 1 },
            { productId: unknown, requested: 1, available: 0 },
          ],
        },
      },
    ]);
  });

  it('supplies nothing of a deleted product', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    await catalog.query('UPDATE product SET deleted_at = now() WHERE id = $1', [a]);

    await reserve(orderId, { productId: a, quantity: 1 });

    expect(await answers(orderId)).toEqual([expect.objectContaining({ type: StockRejected.type })]);
  });

  it('R13: delivered five times at once has its effect and its answer once', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    const message = reservation(orderId, [{ productId: a, quantity: 2 }]);

    await Promise.all(Array.from({ length: 5 }, () => reserveStock.execute(new ReserveOrderStock(message))));

    expect(await stockOf(a)).toEqual({ available: 3, reserved: 2, sold: 0 });
    expect(await answers(orderId)).toEqual([reserved(orderId)]);
  });

  it('R13: answers a second message for a known order again, without effect', async () => {
    const [a, good, bad] = [await catalog.addProduct(5), uuidv7(), uuidv7()];

    await Promise.all([reserve(good, { productId: a, quantity: 2 }), reserve(good, { productId: a, quantity: 2 })]);
    await reserve(bad, { productId: a, quantity: 9 });
    await catalog.query('UPDATE stock SET available = available + 9, adjusted = 9 WHERE product_id = $1', [a]);
    await reserve(bad, { productId: a, quantity: 9 });

    expect(await answers(good)).toEqual([reserved(good), reserved(good)]);
    const [first, second] = await answers(bad);
    expect(first?.type).toBe(StockRejected.type);
    expect(second).toEqual(first);
    expect(await stockOf(a)).toEqual({ available: 12, reserved: 2, sold: 0 });
  });

  it('R13: answers messages of one order that come at once alike, whatever each asks for', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];

    await Promise.all([
      reserve(orderId, { productId: a, quantity: 9 }),
      reserve(orderId, { productId: a, quantity: 1 }),
    ]);

    const [first, second] = await answers(orderId);
    expect(second).toEqual(first);
    expect(await stockOf(a)).toEqual({ available: 5, reserved: 0, sold: 0 });
  });
});

describe('ReleaseStock', () => {
  it('gives back exactly once', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    await reserve(orderId, { productId: a, quantity: 3 });

    await Promise.all([release(orderId), release(orderId)]);
    await release(orderId);

    expect(await stockOf(a)).toEqual({ available: 5, reserved: 0, sold: 0 });
  });

  it('R24: before the reservation prevents it: no effect and no answer', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];

    await release(orderId);
    await reserve(orderId, { productId: a, quantity: 3 });

    expect(await stockOf(a)).toEqual({ available: 5, reserved: 0, sold: 0 });
    expect(await answers(orderId)).toEqual([]);
  });

  it('R24: at the same instant as the reservation leaves nothing set aside, whichever comes first', async () => {
    const a = await catalog.addProduct(1_000);
    const orders = Array.from({ length: 40 }, () => uuidv7());

    await Promise.all(orders.flatMap((id) => [reserve(id, { productId: a, quantity: 1 }), release(id)]));

    expect(await stockOf(a)).toEqual({ available: 1_000, reserved: 0, sold: 0 });
    expect(await catalog.query('SELECT 1 FROM reservation WHERE product_id = $1', [a])).toHaveLength(0);
  });

  it('takes nothing from a confirmed order', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    await reserve(orderId, { productId: a, quantity: 3 });
    await confirm(orderId, a);

    await release(orderId);

    expect(await stockOf(a)).toEqual({ available: 2, reserved: 0, sold: 3 });
  });
});

describe('OrderConfirmed', () => {
  it('turns what is set aside into sales exactly once', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    await reserve(orderId, { productId: a, quantity: 3 });

    await Promise.all([confirm(orderId, a), confirm(orderId, a)]);

    expect(await stockOf(a)).toEqual({ available: 2, reserved: 0, sold: 3 });
    expect(await catalog.query('SELECT 1 FROM reservation WHERE order_id = $1', [orderId])).toHaveLength(0);
  });

  it('is an error, and leaves no trace, where nothing is set aside', async () => {
    const [a, orderId] = [await catalog.addProduct(5), uuidv7()];
    const message = confirmation(orderId, a);

    await expect(sellStock.execute(new SellOrderStock(message))).rejects.toThrow(NotReservedError);

    expect(await catalog.query('SELECT 1 FROM inbox WHERE message_id = $1', [message.id])).toHaveLength(0);
  });
});

describe('many buyers at once', () => {
  it('R25: 200 buyers of the last items get exactly those; stock is never negative and never sold twice', async () => {
    const [scarce, plenty] = [await catalog.addProduct(37), await catalog.addProduct(10_000)];
    const orders = Array.from({ length: 200 }, () => uuidv7());

    await Promise.all(
      orders.map((id, at) => {
        const lines = [
          { productId: scarce, quantity: 1 },
          { productId: plenty, quantity: 2 },
        ];
        return reserve(id, ...(at % 2 === 0 ? lines : lines.toReversed()));
      }),
    );

    expect(await stockOf(scarce)).toEqual({ available: 0, reserved: 37, sold: 0 });
    expect(await stockOf(plenty)).toEqual({ available: 10_000 - 74, reserved: 74, sold: 0 });
    const types = (await catalog.outgoing()).map(({ type }) => type);
    expect(types.filter((type) => type === StockReserved.type)).toHaveLength(37);
    expect(types.filter((type) => type === StockRejected.type)).toHaveLength(163);
  });

  it('C3: no mixture of orders, cancellations, confirmations and corrections loses a unit', async () => {
    const products = await Promise.all([30, 20, 10].map((units) => catalog.addProduct(units)));
    const orders = Array.from({ length: 60 }, () => uuidv7());
    const productFor = (at: number): string => products[at % products.length] ?? '';

    await Promise.all(
      orders.map(async (id, at) => {
        await reserve(
          id,
          { productId: productFor(at), quantity: 1 + (at % 3) },
          { productId: productFor(at + 1), quantity: 1 },
        );
        const [answer] = await answers(id);
        if (answer?.type !== StockReserved.type || at % 3 === 0) await release(id);
        else if (at % 3 === 1) await confirm(id, productFor(at));
      }),
    );

    const rows = await catalog.query<Stock & { id: string; initial: number; open: number }>(
      `SELECT product_id AS id, available, reserved, sold, initial,
              (SELECT coalesce(sum(quantity), 0)::int FROM reservation r WHERE r.product_id = stock.product_id) AS open
       FROM stock WHERE product_id = ANY ($1)`,
      [products],
    );
    expect(rows).toHaveLength(3);
    for (const { available, reserved, sold, initial, open } of rows) {
      expect(available + reserved + sold).toBe(initial);
      expect(open).toBe(reserved);
      expect(available).toBeGreaterThanOrEqual(0);
    }
  });
});
