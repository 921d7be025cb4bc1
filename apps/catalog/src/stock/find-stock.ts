import type { Stock, StockQuery } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ProductNotFoundError } from '../catalog.errors.js';
import { type AdjustmentRow, FIND_STOCK, LIST_ADJUSTMENTS, type StockRow } from './adjust/adjustment.sql.js';

/** The quantities of a product and a page of the journal of their corrections. Throws a {@link ProductNotFoundError}. */
export class FindStock extends Query<Stock> {
  constructor(
    readonly productId: string,
    readonly query: StockQuery,
  ) {
    super();
  }
}

@QueryHandler(FindStock)
export class FindStockHandler implements IQueryHandler<FindStock> {
  constructor(private readonly database: Database) {}

  async execute({ productId, query: { limit, cursor } }: FindStock): Promise<Stock> {
    // One snapshot: the quantities are those that the first entry of the journal has led to.
    const [[stock], rows] = await this.database.transaction(
      (tx) =>
        Promise.all([
          tx.query<StockRow>(FIND_STOCK, [productId]),
          tx.query<AdjustmentRow>(LIST_ADJUSTMENTS, [productId, cursor ?? null, limit + 1]),
        ]),
      { isolation: 'REPEATABLE READ' },
    );
    if (stock === undefined) throw new ProductNotFoundError(productId);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      ...stock,
      items: shown.map(entryOf),
      nextCursor: last === undefined ? null : String(last.stockVersion),
    };
  }
}

function entryOf({ adjustedAt, actor, delta, reason, note, available }: AdjustmentRow): Stock['items'][number] {
  return { at: adjustedAt.toISOString(), actor, delta, reason, ...(note === null ? {} : { note }), available };
}
