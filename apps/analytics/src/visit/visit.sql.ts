import { statement } from '@lethe/database';
import { inRanges } from '../report/edges.js';

const SUMS = `coalesce(sum(sessions), 0)::bigint AS sessions, coalesce(sum(events), 0)::bigint AS events,
  coalesce(sum(seconds), 0)::bigint AS seconds, coalesce(sum(carts), 0)::bigint AS carts,
  coalesce(sum(orders), 0)::bigint AS orders, coalesce(sum(viewed), 0)::bigint AS viewed,
  coalesce(sum(funnel_cart), 0)::bigint AS "viewedAndCarted", coalesce(sum(funnel_order), 0)::bigint AS "wentThrough",
  coalesce(sum(ordered), 0)::bigint AS ordered`;
const COLUMNS = `sessions, events, seconds, carts, orders, viewed, funnel_cart AS "viewedAndCarted",
  funnel_order AS "wentThrough", ordered`;
const isOne = (what: string): string => `CASE WHEN ${what} THEN 1 ELSE 0 END`;

/** $1-$4 whole days, $5-$8 whole hours beside them, $9-$12 parts of hours: visits by when they began. */
export const SUM_VISITS = statement(
  'analytics.sum-visits',
  `SELECT ${SUMS}
   FROM (
     SELECT sessions, events, seconds, carts, orders, viewed, funnel_cart, funnel_order, ordered FROM visit_window
     WHERE grain = 'day' AND ${inRanges('start', 1)}
     UNION ALL
     SELECT sessions, events, seconds, carts, orders, viewed, funnel_cart, funnel_order, ordered FROM visit_window
     WHERE grain = 'hour' AND ${inRanges('start', 5)}
     UNION ALL
     SELECT 1, events, round(extract(epoch FROM ended_at - started_at)), carts, orders, ${isOne('views > 0')},
       ${isOne('views > 0 AND carts > 0')}, ${isOne('views > 0 AND carts > 0 AND orders > 0')}, ${isOne('orders > 0')}
     FROM visit WHERE ${inRanges('started_at', 9)}
   ) part`,
);

/** $1 grain, $2 from, $3 to, $4 after this start, $5 how many. */
export const PAGE_VISITS = statement(
  'analytics.page-visits',
  `SELECT start, ${COLUMNS} FROM visit_window
   WHERE grain = $1::window_grain AND start >= $2::timestamptz AND start < $3::timestamptz AND start > $4::timestamptz
     AND sessions > 0
   ORDER BY start LIMIT $5`,
);
export interface VisitsRow {
  readonly sessions: number;
  readonly events: number;
  readonly seconds: number;
  readonly carts: number;
  readonly orders: number;
  readonly viewed: number;
  readonly viewedAndCarted: number;
  readonly wentThrough: number;
  readonly ordered: number;
}
export type VisitWindowRow = VisitsRow & { readonly start: Date };
