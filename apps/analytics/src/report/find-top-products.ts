import type { TopProducts } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { cutOf, parametersOf } from './edges.js';
import type { Period } from './period.js';
import { TOP_PRODUCTS, type TopProductRow } from './report.sql.js';

/** The products of which most units were sold, one item per currency. */
export class FindTopProducts extends Query<TopProducts> {
  constructor(
    readonly period: Period,
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(FindTopProducts)
export class FindTopProductsHandler implements IQueryHandler<FindTopProducts> {
  constructor(private readonly database: Database) {}

  async execute({ period, limit }: FindTopProducts): Promise<TopProducts> {
    const rows = await this.database.query<TopProductRow>(TOP_PRODUCTS, [
      ...parametersOf(cutOf(period, ['month', 'day', 'hour'])),
      limit,
    ]);
    return {
      items: rows.map(({ amount, currency, ...product }) => ({ ...product, revenue: { amount, currency } })),
    };
  }
}
