import { statement } from '@lethe/database';

const SALES = `json_agg(json_build_object('orders', orders, 'units', units,
  'revenue', json_build_object('amount', amount, 'currency', currency)) ORDER BY currency)`;
const SUMS = 'currency, sum(orders) AS orders, sum(units) AS units, sum(amount) AS amount';
const TODAY = `date_bin('1 day', now(), timestamptz 'epoch')`;

/** The present, by the clock of the database. The version rises with whatever was counted. */
export const LIVE = statement(
  'analytics.live',
  `SELECT now() AS at, ${TODAY} AS today,
     (SELECT coalesce(sum(events + duplicates), 0)::bigint FROM event_source) AS version,
     (SELECT coalesce(${SALES}, '[]') FROM (
       SELECT ${SUMS} FROM sales_window
       WHERE dimension = 'all' AND grain = 'minute' AND orders > 0 AND start > now() - interval '1 hour' AND start <= now()
       GROUP BY currency) hour) AS "lastHour",
     (SELECT coalesce(${SALES}, '[]') FROM (
       SELECT ${SUMS} FROM sales_window
       WHERE dimension = 'all' AND grain = 'day' AND orders > 0 AND start = ${TODAY} GROUP BY currency) day) AS "salesToday",
     (SELECT coalesce(json_agg(json_build_object('productId', t.product_id, 'name', l.name, 'units', t.units)
        ORDER BY t.units DESC, t.product_id), '[]')
      FROM (SELECT product_id, sum(units) AS units FROM product_window WHERE grain = 'day' AND start = ${TODAY}
        GROUP BY product_id ORDER BY units DESC, product_id LIMIT 5) t
      CROSS JOIN LATERAL (SELECT name FROM order_line_fact l WHERE l.product_id = t.product_id
        ORDER BY l.placed_at DESC LIMIT 1) l) AS "topProducts",
     (SELECT coalesce(sum(sessions), 0)::bigint FROM visit_window WHERE grain = 'day' AND start = ${TODAY}) AS sessions`,
);
export interface LiveRow {
  readonly at: Date;
  readonly today: Date;
  readonly version: number;
  readonly lastHour: readonly object[];
  readonly salesToday: readonly object[];
  readonly topProducts: readonly object[];
  readonly sessions: number;
}
