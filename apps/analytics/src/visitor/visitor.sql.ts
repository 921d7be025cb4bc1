import { statement } from '@lethe/database';
import { inRanges } from '../report/edges.js';

/**
 * $1 beginnings of hours and days, $2 how many rows of visitors a window keeps, $3 how many rows one that is estimated
 * gathers. Windows with more, locked.
 */
export const LOCK_FULL_WINDOWS = statement(
  'analytics.lock-full-visitor-windows',
  `SELECT type, grain, start, is_exact AS "isExact", sketch FROM visitor_window
   WHERE start = ANY($1::timestamptz[]) AND stored > CASE WHEN is_exact THEN $2::bigint ELSE $3::bigint END
   ORDER BY type, grain, start FOR UPDATE`,
);
export interface FullWindowRow {
  readonly type: string;
  readonly grain: 'hour' | 'day';
  readonly start: Date;
  readonly isExact: boolean;
  readonly sketch: Buffer | null;
}

/** $1 type, $2 grain, $3 start */
export const TAKE_VISITORS = statement(
  'analytics.take-visitors',
  'DELETE FROM visitor WHERE type = $1 AND grain = $2::window_grain AND start = $3 RETURNING visitor',
);

/** $1 type, $2 grain, $3 start, $4 sketch, $5 how many of the rows are in it now, and gone */
export const KEEP_SKETCH = statement(
  'analytics.keep-visitor-sketch',
  `UPDATE visitor_window SET is_exact = false, sketch = $4, sketched = 0, stored = stored - $5
   WHERE type = $1 AND grain = $2::window_grain AND start = $3`,
);

const WINDOW = 'type, grain, start, stored, is_exact AS "isExact", sketched, sketch';

/** $1 types, $2-$5 whole days. */
export const FIND_VISITOR_WINDOWS = statement(
  'analytics.find-visitor-windows',
  `SELECT ${WINDOW} FROM visitor_window
   WHERE type = ANY($1::text[]) AND grain = 'day' AND ${inRanges('start', 2)}
   ORDER BY start, type`,
);

/** $1 grain, $2 from, $3 to, $4 after this start, $5 how many. Windows of all types together, a page of them. */
export const PAGE_VISITOR_WINDOWS = statement(
  'analytics.page-visitor-windows',
  `SELECT ${WINDOW} FROM visitor_window
   WHERE type = '' AND grain = $1::window_grain AND start >= $2::timestamptz AND start < $3::timestamptz
     AND start > $4::timestamptz
   ORDER BY start LIMIT $5`,
);

export interface VisitorWindowRow {
  readonly type: string;
  readonly grain: 'hour' | 'day';
  readonly start: Date;
  /** Rows of visitors: all of them where the window is exact, else those that its sketch does not know yet. */
  readonly stored: number;
  readonly isExact: boolean;
  /** How many rows the sketch of an exact window knows. */
  readonly sketched: number;
  readonly sketch: Buffer | null;
}

/** $1 type, $2 grain, $3 start */
export const FIND_VISITORS = statement(
  'analytics.find-visitors',
  'SELECT visitor FROM visitor WHERE type = $1 AND grain = $2::window_grain AND start = $3',
);

/** $1 type, $2 grain, $3 start, $4 sketch, $5 how many rows it knows. Only a window that still has so many. */
export const CACHE_SKETCH = statement(
  'analytics.cache-visitor-sketch',
  `UPDATE visitor_window SET sketch = $4, sketched = $5
   WHERE type = $1 AND grain = $2::window_grain AND start = $3 AND is_exact AND stored = $5`,
);

/** $1 types, $2-$5 whole days, all of them exact, $6-$9 parts of days: each visitor once. */
export const COUNT_VISITORS = statement(
  'analytics.count-visitors',
  `SELECT type, count(DISTINCT visitor) AS visitors
   FROM (
     SELECT type, visitor FROM visitor WHERE type = ANY($1::text[]) AND grain = 'day' AND ${inRanges('start', 2)}
     UNION ALL
     SELECT t.type, c.session FROM click c JOIN unnest($1::text[]) AS t (type) ON t.type IN ('', c.type)
     WHERE ${inRanges('c.at', 6)}
   ) came
   GROUP BY type`,
);

/** $1 type, $2-$5 parts of days. */
export const FIND_VISITORS_BETWEEN = statement(
  'analytics.find-visitors-between',
  `SELECT DISTINCT session AS visitor FROM click WHERE $1 IN ('', type) AND ${inRanges('at', 2)}`,
);
