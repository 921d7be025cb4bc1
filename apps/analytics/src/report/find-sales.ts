import type { Bucket, Sales } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { TooManyBucketsError } from '../analytics.errors.js';
import { type Grain, cutOf, parametersOf } from './edges.js';
import type { Period } from './period.js';
import { SALES, type SalesRow } from './report.sql.js';

/** The most buckets of one answer: about two megabytes, two weeks of minutes, or 54 years of days. */
export const MAX_BUCKETS = 20_000;

/**
 * Confirmed orders by the time they were placed at, and refunds by the time the money went back, one bucket per
 * currency; empty ones are left out.
 * Throws a TooManyBucketsError.
 */
export class FindSales extends Query<Sales> {
  constructor(
    readonly period: Period,
    readonly bucket: Bucket,
  ) {
    super();
  }
}

@QueryHandler(FindSales)
export class FindSalesHandler implements IQueryHandler<FindSales> {
  constructor(private readonly database: Database) {}

  async execute({ period, bucket }: FindSales): Promise<Sales> {
    const grains: readonly Grain[] = [bucket, 'minute'];
    const rows = await this.database.query<SalesRow>(SALES[bucket], [
      ...parametersOf(cutOf(period, grains)),
      MAX_BUCKETS + 1,
    ]);
    if (rows.length > MAX_BUCKETS) throw new TooManyBucketsError(MAX_BUCKETS);
    return {
      buckets: rows.map(({ start, orders, units, amount, currency, refunds, refunded }) => ({
        start: start.toISOString(),
        orders,
        units,
        revenue: { amount, currency },
        ...(refunds === 0 ? {} : { refunds, refunded: { amount: refunded, currency } }),
      })),
    };
  }
}
