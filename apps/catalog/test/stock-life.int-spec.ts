import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderConfirmed, ReleaseStock, ReserveStock, RestockReturn } from '@lethe/contracts';
import { RetryLater } from '@lethe/messaging';
import { Inbox, UnitOfWork } from '@lethe/outbox';
import { Instants, Killed, modelRuns } from '@lethe/testing';
import fc from 'fast-check';
import { NotReservedError, StockBelowZeroError } from '../src/catalog.errors.js';
import { AdjustStock, AdjustStockHandler } from '../src/stock/adjust/adjust-stock.js';
import { ReleaseOrderStock, ReleaseStockHandler } from '../src/stock/release-stock.js';
import { ReserveOrderStock, ReserveStockHandler } from '../src/stock/reserve-stock.js';
import { RestockReturnHandler, RestockReturnedGoods } from '../src/stock/restock/restock-return.js';
import { SellOrderStock, SellStockHandler } from '../src/stock/sell-stock.js';
import { CatalogFixture, messageOf } from './catalog.fixture.js';
import type { Input, Shelf } from './model/stock-model.js';
import { stockStories } from './model/stock-stories.js';
import { type RealStock, type Seen, StockStory } from './model/stock-story.js';

const RUNS = modelRuns(process.env, { runs: 30, seconds: 120 });
const UNITS = [4, 3, 6];
const GBP = { amount: 250, currency: 'GBP' };
const NOW = new Date().toISOString();

let catalog: CatalogFixture;
beforeAll(async () => {
  catalog = await CatalogFixture.create();
});
afterAll(() => catalog.close());

/** The use cases, on a replica that can die just before and just after a commit and between the statements of it. */
class Shelves implements RealStock {
  readonly #instants = new Instants();
  readonly #reserve: ReserveStockHandler;
  readonly #release: ReleaseStockHandler;
  readonly #sell: SellStockHandler;
  readonly #restock: RestockReturnHandler;
  readonly #adjust: AdjustStockHandler;

  constructor(private readonly products: readonly string[]) {
    const { database, outbox, products: cache } = catalog;
    const mortal = this.#instants.watch(
      'commit',
      {
        transaction: (work, options) =>
          database.transaction((tx) => work(this.#instants.watch('statement', tx, ['query'])), options),
      } satisfies Pick<typeof database, 'transaction'>,
      ['transaction'],
    );
    const units = new UnitOfWork(mortal, outbox);
    this.#reserve = new ReserveStockHandler(units, cache);
    this.#release = new ReleaseStockHandler(units, cache);
    this.#sell = new SellStockHandler(new Inbox(mortal, outbox));
    this.#restock = new RestockReturnHandler(units, cache);
    this.#adjust = new AdjustStockHandler(units, cache);
  }

  dieAfter(instants: number | undefined): void {
    if (instants === undefined) this.#instants.disarm();
    else this.#instants.arm(instants, () => Promise.reject(new Killed()));
  }

  async take(input: Input): Promise<boolean | undefined> {
    try {
      await this.#act(input);
      return true;
    } catch (error) {
      if (error instanceof Killed) return undefined;
      const refused =
        error instanceof NotReservedError || error instanceof StockBelowZeroError || error instanceof RetryLater;
      if (!refused) throw error;
      return false;
    }
  }

  async #act(input: Input): Promise<void> {
    if (input.kind === 'adjust') {
      await this.#adjust.execute(new AdjustStock(input.productId, input.delta, undefined));
      return;
    }
    const { id, orderId } = input;
    if (input.kind === 'reserve') {
      const message = messageOf(ReserveStock, { orderId, items: [...input.lines] });
      await this.#reserve.execute(new ReserveOrderStock({ ...message, id }));
    } else if (input.kind === 'release') {
      await this.#release.execute(new ReleaseOrderStock({ ...messageOf(ReleaseStock, { orderId }), id }));
    } else if (input.kind === 'confirm') {
      const items = [{ productId: this.products[0] ?? '', sku: 'S', name: 'N', quantity: 1, unitPrice: GBP }];
      const message = messageOf(OrderConfirmed, { orderId, placedAt: NOW, confirmedAt: NOW, total: GBP, items });
      await this.#sell.execute(new SellOrderStock({ ...message, id }));
    } else {
      const message = messageOf(RestockReturn, { orderId, returnId: input.returnId, items: [...input.lines] });
      await this.#restock.execute(new RestockReturnedGoods({ ...message, id }));
    }
  }

  async see(): Promise<Seen> {
    const shelves = await catalog.query<Shelf & { id: string }>(
      'SELECT product_id AS id, available, reserved, sold, adjusted FROM stock WHERE product_id = ANY ($1)',
      [this.products],
    );
    const orders = await catalog.query<{ known: string }>(
      `SELECT order_id || ' ' || state AS known FROM reservation_state`,
    );
    const said = await catalog.outgoing();
    return {
      shelves: new Map(shelves.map(({ id, ...shelf }) => [id, shelf])),
      orders: orders.map(({ known }) => known).toSorted(),
      said: said.map(({ type, key }) => `${type} ${key}`).toSorted(),
    };
  }
}

describe('stock', () => {
  it(
    'C3 R13 R24 R25: is what messages made of it, one after another, whatever comes twice, late, at once or dies under way',
    async () => {
      await fc.assert(
        fc.asyncProperty(stockStories, async (scenes) => {
          for (const table of ['outbox', 'reservation', 'reservation_state'])
            await catalog.query(`DELETE FROM ${table}`);
          const products = await Promise.all(UNITS.map((units) => catalog.addProduct(units)));
          const story = new StockStory(new Shelves(products), new Map(products.map((id, at) => [id, UNITS[at] ?? 0])));

          expect(await story.play(scenes)).toEqual([]);
        }),
        RUNS.parameters,
      );
    },
    RUNS.timeoutMs,
  );
});
