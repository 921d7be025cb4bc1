import { statement } from '@lethe/database';

/** Whatever a page begins after: every window lies behind it. */
const AFTER = '($5::timestamptz, $6::text, $7::text)';

/**
 * $1 grain, $2 key or null for all, $3 from, $4 to, $5-$7 start, key and currency of the last one seen, $8 how many,
 * $9 dimension.
 */
export const PAGE_SALES_WINDOWS = statement(
  'analytics.page-sales-windows',
  `SELECT start, key, currency, orders, units, amount FROM sales_window
   WHERE dimension = $9 AND grain = $1::window_grain AND ($2::text IS NULL OR key = $2) AND orders > 0
     AND start >= greatest($3::timestamptz, $5::timestamptz) AND start < $4::timestamptz
     AND (start, key, currency) > ${AFTER}
   ORDER BY start, key, currency LIMIT $8`,
);

/** As {@link PAGE_SALES_WINDOWS}, by product: the key is its id. */
export const PAGE_PRODUCT_WINDOWS = statement(
  'analytics.page-product-windows',
  `SELECT start, product_id::text AS key, currency, orders, units, amount FROM product_window
   WHERE grain = $1::window_grain AND ($2::text IS NULL OR product_id = $2::uuid)
     AND start >= greatest($3::timestamptz, $5::timestamptz) AND start < $4::timestamptz
     AND (start, product_id, currency) > ($5::timestamptz, coalesce(nullif($6::text, ''), '00000000-0000-0000-0000-000000000000')::uuid, $7::text)
   ORDER BY start, product_id, currency LIMIT $8`,
);
export interface WindowRow {
  readonly start: Date;
  readonly key: string;
  readonly currency: string;
  readonly orders: number;
  readonly units: number;
  readonly amount: number;
}

/**
 * $1 end of the last window or null for now, $2 minutes of each, $3 minutes from one to the next, $4 how many,
 * $5 dimension, $6 key. The minutes are read once, and added up for the windows from the left: what ends before a window
 * begins is taken off what ends with it.
 */
export const SLIDING_WINDOWS = statement(
  'analytics.sliding-windows',
  `WITH win AS (
     SELECT n, last.at - (n * $3::int) * interval '1 minute' AS "end",
       last.at - (n * $3::int + $2::int) * interval '1 minute' AS start
     FROM (SELECT date_bin('1 minute', coalesce($1::timestamptz, now()), timestamptz 'epoch') AS at) last,
       generate_series(0, $4::int - 1) AS n),
   bounds AS MATERIALIZED (SELECT min(start) AS low, max("end") AS high FROM win),
   minute AS MATERIALIZED (
     SELECT start, currency, sum(orders) OVER past AS orders, sum(units) OVER past AS units, sum(amount) OVER past AS amount
     FROM sales_window
     WHERE dimension = $5 AND grain = 'minute' AND key = $6 AND orders > 0
       AND start >= (SELECT low FROM bounds) AND start < (SELECT high FROM bounds)
     WINDOW past AS (PARTITION BY currency ORDER BY start)),
   edge AS (
     SELECT w.n, c.currency,
       coalesce(upto.orders, 0) - coalesce(before.orders, 0) AS orders,
       coalesce(upto.units, 0) - coalesce(before.units, 0) AS units,
       coalesce(upto.amount, 0) - coalesce(before.amount, 0) AS amount
     FROM win w CROSS JOIN (SELECT DISTINCT currency FROM minute) c
     LEFT JOIN LATERAL (SELECT * FROM minute m WHERE m.currency = c.currency AND m.start < w."end"
       ORDER BY m.start DESC LIMIT 1) upto ON true
     LEFT JOIN LATERAL (SELECT * FROM minute m WHERE m.currency = c.currency AND m.start < w.start
       ORDER BY m.start DESC LIMIT 1) before ON true)
   SELECT w.start, w."end", coalesce((
     SELECT json_agg(json_build_object('currency', e.currency, 'orders', e.orders, 'units', e.units, 'amount', e.amount)
       ORDER BY e.currency) FROM edge e WHERE e.n = w.n AND e.orders > 0), '[]') AS sales
   FROM win w ORDER BY w.n DESC`,
);
export interface SlidingRow {
  readonly start: Date;
  readonly end: Date;
  readonly sales: readonly {
    readonly currency: string;
    readonly orders: number;
    readonly units: number;
    readonly amount: number;
  }[];
}
