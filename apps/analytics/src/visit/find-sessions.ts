import type { SessionReport } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { cutOf, parametersOf } from '../report/edges.js';
import { type Period, boundsOf } from '../report/period.js';
import { readCursor, writeCursor } from '../window/window-cursor.js';
import { PAGE_VISITS, SUM_VISITS, type VisitWindowRow, type VisitsRow } from './visit.sql.js';

/** A page of a report by time. */
export interface TimePage {
  readonly period: Period;
  readonly bucket: 'hour' | 'day';
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Visits of a period by when they began, and how far they went. Throws an InvalidCursorError. */
export class FindSessions extends Query<SessionReport> {
  constructor(readonly page: TimePage) {
    super();
  }
}

@QueryHandler(FindSessions)
export class FindSessionsHandler implements IQueryHandler<FindSessions> {
  constructor(private readonly database: Database) {}

  async execute({ page: { period, bucket, limit, cursor } }: FindSessions): Promise<SessionReport> {
    const { start: after } = readCursor(cursor);
    const [sums, rows] = await Promise.all([
      this.database.query<VisitsRow>(SUM_VISITS, parametersOf(cutOf(period, ['day', 'hour']))),
      this.database.query<VisitWindowRow>(PAGE_VISITS, [bucket, ...boundsOf(period), after, limit + 1]),
    ]);
    const [sum = NOTHING] = sums;
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const share = (part: number): number => (sum.sessions === 0 ? 0 : part / sum.sessions);
    return {
      total: { ...reportOf(sum), conversion: share(sum.ordered), cartsPerSession: share(sum.carts) },
      items: shown.map((row) => ({ start: row.start.toISOString(), ...reportOf(row) })),
      nextCursor: last ? writeCursor({ start: last.start, key: '', currency: '' }) : null,
    };
  }
}

const NOTHING: VisitsRow = {
  sessions: 0,
  events: 0,
  seconds: 0,
  carts: 0,
  orders: 0,
  viewed: 0,
  viewedAndCarted: 0,
  wentThrough: 0,
  ordered: 0,
};

const reportOf = ({
  sessions,
  events,
  seconds,
  carts,
  orders,
  viewed,
  viewedAndCarted,
  wentThrough,
  ordered,
}: VisitsRow) => ({
  sessions,
  events,
  seconds,
  carts,
  orders,
  steps: { view: viewed, cart: viewedAndCarted, order: wentThrough },
  ordered,
});
