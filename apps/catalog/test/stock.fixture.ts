import { OrderConfirmed, ReleaseStock, ReserveStock, RestockReturn } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import fc from 'fast-check';
import { NotReservedError, StockBelowZeroError } from '../src/catalog.errors.js';
import { AdjustStock, AdjustStockHandler } from '../src/stock/adjust/adjust-stock.js';
import { ReleaseOrderStock, ReleaseStockHandler } from '../src/stock/release-stock.js';
import { ReserveOrderStock, ReserveStockHandler } from '../src/stock/reserve-stock.js';
import { RestockReturnHandler, RestockReturnedGoods } from '../src/stock/restock/restock-return.js';
import { SellOrderStock, SellStockHandler } from '../src/stock/sell-stock.js';
import { type CatalogFixture, messageOf } from './catalog.fixture.js';

/** One thing that happens to stock. `order` is one of a few, so that operations meet. */
export type StockOperation =
  | { readonly kind: 'adjust'; readonly product: number; readonly delta: number }
  | { readonly kind: 'reserve'; readonly order: number; readonly product: number; readonly quantity: number }
  | { readonly kind: 'release' | 'confirm'; readonly order: number };

const product = fc.nat({ max: 1 });
const order = fc.nat({ max: 7 });

/** Operations that happen at once. */
export const stockOperations: fc.Arbitrary<StockOperation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('adjust' as const), product, delta: fc.integer({ min: -4, max: 4 }) }),
    fc.record({ kind: fc.constant('reserve' as const), order, product, quantity: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constantFrom('release' as const, 'confirm' as const), order }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** What is wrong with a product: quantities against the sum of its journal. */
export interface Imbalance {
  readonly id: string;
  readonly units: number;
  readonly expected: number;
}

/** The use cases of stock over one database. */
export class StockFixture {
  readonly #adjust: AdjustStockHandler;
  readonly #reserve: ReserveStockHandler;
  readonly #release: ReleaseStockHandler;
  readonly #sell: SellStockHandler;
  readonly #restock: RestockReturnHandler;

  constructor(private readonly catalog: CatalogFixture) {
    const { inbox, products, units } = catalog;
    this.#adjust = new AdjustStockHandler(units, products);
    this.#reserve = new ReserveStockHandler(units, products);
    this.#release = new ReleaseStockHandler(units, products);
    this.#sell = new SellStockHandler(inbox);
    this.#restock = new RestockReturnHandler(units, products);
  }

  async adjust(productId: string, delta: number): Promise<void> {
    await this.#adjust.execute(new AdjustStock(productId, delta, undefined));
  }

  async reserve(orderId: string, productId: string, quantity = 1): Promise<void> {
    const items = [{ productId, quantity }];
    await this.#reserve.execute(new ReserveOrderStock(messageOf(ReserveStock, { orderId, items })));
  }

  async release(orderId: string): Promise<void> {
    await this.#release.execute(new ReleaseOrderStock(messageOf(ReleaseStock, { orderId })));
  }

  /** Goods of an order come back: by a message of its own each time, of a return that may have come before. */
  async restock(orderId: string, returnId: string, productId: string, quantity: number): Promise<void> {
    const message = messageOf(RestockReturn, { orderId, returnId, items: [{ productId, quantity }] });
    await this.#restock.execute(new RestockReturnedGoods(message));
  }

  async confirm(orderId: string, productId: string): Promise<void> {
    const total = { amount: 250, currency: 'GBP' };
    const at = new Date().toISOString();
    const items = [{ productId, sku: 'S', name: 'N', quantity: 1, unitPrice: total }];
    const message = messageOf(OrderConfirmed, { orderId, placedAt: at, confirmedAt: at, total, items });
    await this.#sell.execute(new SellOrderStock(message));
  }

  /** Runs operations on these products and on orders of their own. One that stock does not allow has no effect. */
  run(products: readonly string[]): (operation: StockOperation) => Promise<void> {
    const orders = Array.from({ length: 8 }, () => uuidv7());
    const act = (operation: StockOperation): Promise<void> => {
      if (operation.kind === 'adjust') return this.adjust(products[operation.product] ?? '', operation.delta);
      const orderId = orders[operation.order] ?? '';
      if (operation.kind === 'reserve') {
        return this.reserve(orderId, products[operation.product] ?? '', operation.quantity);
      }
      return operation.kind === 'release' ? this.release(orderId) : this.confirm(orderId, products[0] ?? '');
    };
    return async (operation) => {
      try {
        await act(operation);
      } catch (error) {
        if (!(error instanceof StockBelowZeroError || error instanceof NotReservedError)) throw error;
      }
    };
  }

  /** The products whose units are not what they came with and their journal, or whose reservations do not add up. */
  unbalanced(products: readonly string[]): Promise<Imbalance[]> {
    return this.catalog.query<Imbalance>(
      `SELECT s.product_id AS id, s.available + s.reserved + s.sold AS units, s.initial + journal.sum AS expected
       FROM stock s
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(delta) FILTER (WHERE return_id IS NULL), 0)::bigint AS sum
         FROM stock_adjustment a WHERE a.product_id = s.product_id
       ) AS journal
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(quantity), 0)::bigint AS sum FROM reservation r WHERE r.product_id = s.product_id
       ) AS open
       WHERE s.product_id = ANY ($1)
         AND (s.available + s.reserved + s.sold <> s.initial + journal.sum OR s.adjusted <> journal.sum
              OR s.reserved <> open.sum OR s.available < 0)`,
      [products],
    );
  }
}
