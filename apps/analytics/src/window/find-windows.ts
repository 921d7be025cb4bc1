import type { WindowDimension, WindowPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Period, boundsOf } from '../report/period.js';
import { FIND_SOURCES, type SourceRow } from './window.sql.js';
import { PAGE_PRODUCT_WINDOWS, PAGE_SALES_WINDOWS, type WindowRow } from './find-windows.sql.js';
import { readCursor, writeCursor } from './window-cursor.js';

export interface WindowRequest {
  readonly dimension: WindowDimension;
  readonly grain: 'minute' | 'hour' | 'day';
  /** One product, category or country; all where it is undefined. */
  readonly key?: string | undefined;
  readonly period: Period;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Sales in tumbling windows, page by page, with how far they are known. Throws an InvalidCursorError. */
export class FindWindows extends Query<WindowPage> {
  constructor(readonly request: WindowRequest) {
    super();
  }
}

const WIDTH_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

@QueryHandler(FindWindows)
export class FindWindowsHandler implements IQueryHandler<FindWindows> {
  constructor(private readonly database: Database) {}

  async execute({ request }: FindWindows): Promise<WindowPage> {
    const { dimension, grain, key = null, period, limit, cursor } = request;
    const after = readCursor(cursor);
    const page = [grain, key, ...boundsOf(period), after.start, after.key, after.currency, limit + 1];
    const [sources, rows] = await Promise.all([
      this.database.query<SourceRow>(FIND_SOURCES),
      dimension === 'product'
        ? this.database.query<WindowRow>(PAGE_PRODUCT_WINDOWS, page)
        : this.database.query<WindowRow>(PAGE_SALES_WINDOWS, [...page, dimension]),
    ]);
    const source = sources.find((one) => one.source === 'orders');
    const watermark = source?.watermark?.getTime() ?? Number.NEGATIVE_INFINITY;
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.map(({ start, key: of, currency, orders, units, amount }) => ({
        start: start.toISOString(),
        end: new Date(start.getTime() + WIDTH_MS[grain]).toISOString(),
        ...(dimension === 'all' ? {} : { key: of }),
        orders,
        units,
        revenue: { amount, currency },
        isFinal: start.getTime() + WIDTH_MS[grain] <= watermark,
      })),
      watermark: source?.watermark?.toISOString() ?? null,
      late: source?.late ?? 0,
      duplicates: source?.duplicates ?? 0,
      nextCursor: last ? writeCursor(last) : null,
    };
  }
}
