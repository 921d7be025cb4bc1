import { Database } from '@lethe/database';
import { SKETCH_ERROR } from '../visitor/visitor-sketch.js';
import { Visitors } from '../visitor/visitors.js';
import { FIND_SOURCES, type SourceRow } from '../window/window.sql.js';
import { LIVE, type LiveRow } from './live.sql.js';
import type { Present } from './live-streams.js';

/** The present as it is told to who watches. */
export async function findPresent(database: Database, visitors: Visitors): Promise<Present> {
  const [[live], sources] = await Promise.all([database.query<LiveRow>(LIVE), database.query<SourceRow>(FIND_SOURCES)]);
  if (!live) throw new Error('a SELECT without FROM gave no row');
  const { version, at, today, lastHour, salesToday, topProducts, sessions } = live;
  const came = (await visitors.count([''], { from: today, to: undefined })).get('');
  const data = {
    at,
    lastHour,
    today: {
      sales: salesToday,
      sessions,
      visitors: came?.visitors ?? 0,
      ...(came?.isExact === false ? { visitorsError: SKETCH_ERROR } : {}),
      topProducts,
    },
    sources: Object.fromEntries(sources.map(({ source, ...rest }) => [source, rest])),
  };
  return { version, data: JSON.stringify(data) };
}
