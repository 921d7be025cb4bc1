import type { VisitorPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { boundsOf } from '../report/period.js';
import type { TimePage } from '../visit/find-sessions.js';
import { readCursor, writeCursor } from '../window/window-cursor.js';
import { FIND_SOURCES, type SourceRow } from '../window/window.sql.js';
import { SKETCH_ERROR } from './visitor-sketch.js';
import { PAGE_VISITOR_WINDOWS, type VisitorWindowRow } from './visitor.sql.js';
import { type VisitorCount, Visitors } from './visitors.js';

/** Visitors of a period, and of each of its hours or days. Throws an InvalidCursorError. */
export class FindVisitors extends Query<VisitorPage> {
  constructor(readonly page: TimePage) {
    super();
  }
}

const ALL = '';

@QueryHandler(FindVisitors)
export class FindVisitorsHandler implements IQueryHandler<FindVisitors> {
  constructor(
    private readonly database: Database,
    private readonly visitors: Visitors,
  ) {}

  async execute({ page: { period, bucket, limit, cursor } }: FindVisitors): Promise<VisitorPage> {
    const { start: after } = readCursor(cursor);
    const page = [bucket, ...boundsOf(period), after, limit + 1];
    const [sources, total, rows] = await Promise.all([
      this.database.query<SourceRow>(FIND_SOURCES),
      this.visitors.count([ALL], period),
      this.database.query<VisitorWindowRow>(PAGE_VISITOR_WINDOWS, page),
    ]);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const counts = await Promise.all(shown.map((window) => this.visitors.ofWindow(window)));
    const clicks = sources.find(({ source }) => source === 'clicks');
    return {
      total: reportOf(total.get(ALL)),
      items: shown.map(({ start }, at) => ({ start: start.toISOString(), ...reportOf(counts[at]) })),
      watermark: clicks?.watermark?.toISOString() ?? null,
      late: clicks?.late ?? 0,
      duplicates: clicks?.duplicates ?? 0,
      nextCursor: last ? writeCursor({ start: last.start, key: '', currency: '' }) : null,
    };
  }
}

const reportOf = ({ visitors, isExact }: VisitorCount = { visitors: 0, isExact: true }) => ({
  visitors,
  ...(isExact ? {} : { error: SKETCH_ERROR }),
});
