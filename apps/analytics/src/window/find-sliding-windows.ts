import type { SlidingQuery, SlidingWindows } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { SLIDING_WINDOWS, type SlidingRow } from './find-windows.sql.js';
import { FIND_SOURCES, type SourceRow } from './window.sql.js';

/** Sales in windows that overlap, put together from minutes. Now is what the database says it is. */
export class FindSlidingWindows extends Query<SlidingWindows> {
  constructor(readonly request: SlidingQuery) {
    super();
  }
}

@QueryHandler(FindSlidingWindows)
export class FindSlidingWindowsHandler implements IQueryHandler<FindSlidingWindows> {
  constructor(private readonly database: Database) {}

  async execute({ request }: FindSlidingWindows): Promise<SlidingWindows> {
    const { until = null, minutes, every, windows, dimension, key } = request;
    const [sources, rows] = await Promise.all([
      this.database.query<SourceRow>(FIND_SOURCES),
      this.database.query<SlidingRow>(SLIDING_WINDOWS, [until, minutes, every, windows, dimension, key]),
    ]);
    return {
      items: rows.map(({ start, end, sales }) => ({
        start: start.toISOString(),
        end: end.toISOString(),
        sales: sales.map(({ orders, units, amount, currency }) => ({ orders, units, revenue: { amount, currency } })),
      })),
      watermark: sources.find(({ source }) => source === 'orders')?.watermark?.toISOString() ?? null,
    };
  }
}
