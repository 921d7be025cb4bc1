import type { Bucket } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { inRanges } from './edges.js';

const bin = (bucket: Bucket, time: string): string => `date_bin('1 ${bucket}', ${time}, timestamptz 'epoch')`;

/**
 * $1-$4 whole buckets, $5-$8 whole minutes beside them, $9-$12 parts of minutes, $13 most rows. Orders by when they were
 * placed, refunds by when the money went back. Buckets begin at whole minutes, hours and days of UTC.
 */
const sales = (bucket: Bucket) =>
  statement(
    `analytics.sales-windows-by-${bucket}`,
    `SELECT start, currency, sum(orders)::bigint AS orders, sum(units)::bigint AS units, sum(amount)::bigint AS amount,
       sum(refunds)::bigint AS refunds, sum(refunded)::bigint AS refunded
     FROM (
       SELECT start, currency, orders, units, amount, refunds, refunded FROM sales_window
       WHERE dimension = 'all' AND grain = '${bucket}' AND ${inRanges('start', 1)}
       UNION ALL
       SELECT ${bin(bucket, 'start')}, currency, orders, units, amount, refunds, refunded FROM sales_window
       WHERE dimension = 'all' AND grain = 'minute' AND ${inRanges('start', 5)}
       UNION ALL
       SELECT ${bin(bucket, 'placed_at')}, currency, 1, units, amount, 0, 0 FROM order_fact
       WHERE outcome = 'confirmed' AND ${inRanges('placed_at', 9)}
       UNION ALL
       SELECT ${bin(bucket, 'refunded_at')}, currency, 0, 0, 0, 1, amount FROM order_refund_fact
       WHERE ${inRanges('refunded_at', 9)}
     ) part
     GROUP BY 1, 2
     ORDER BY 1, 2
     LIMIT $13`,
  );
export const SALES = { minute: sales('minute'), hour: sales('hour'), day: sales('day') } as const;
export interface SalesRow {
  readonly start: Date;
  readonly currency: string;
  readonly orders: number;
  readonly units: number;
  readonly amount: number;
  readonly refunds: number;
  readonly refunded: number;
}

/**
 * $1-$4 whole months, $5-$8 days and $9-$12 hours beside them, $13-$16 parts of hours, $17 how many. A product is called
 * what it was called when it was last bought.
 */
export const TOP_PRODUCTS = statement(
  'analytics.top-products-of-windows',
  `SELECT top.product_id AS "productId", latest.sku, latest.name, top.currency, top.units, top.amount
   FROM (
     SELECT product_id, currency, sum(units)::bigint AS units, sum(amount)::bigint AS amount
     FROM (
       SELECT product_id, currency, units, amount FROM product_window WHERE grain = 'month' AND ${inRanges('start', 1)}
       UNION ALL
       SELECT product_id, currency, units, amount FROM product_window WHERE grain = 'day' AND ${inRanges('start', 5)}
       UNION ALL
       SELECT product_id, currency, units, amount FROM product_window WHERE grain = 'hour' AND ${inRanges('start', 9)}
       UNION ALL
       SELECT product_id, currency, units, amount FROM order_line_fact WHERE ${inRanges('placed_at', 13)}
     ) part
     GROUP BY product_id, currency
     ORDER BY units DESC, amount DESC, product_id, currency
     LIMIT $17
   ) top
   CROSS JOIN LATERAL (
     SELECT sku, name FROM order_line_fact l
     WHERE l.product_id = top.product_id
     ORDER BY l.placed_at DESC, l.order_id DESC, l.position
     LIMIT 1
   ) latest
   ORDER BY top.units DESC, top.amount DESC, top.product_id, top.currency`,
);
export interface TopProductRow {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly currency: string;
  readonly units: number;
  readonly amount: number;
}

/** $1-$4 whole days, $5-$8 whole minutes beside them, $9-$12 parts of minutes. */
export const CLICKS_BY_TYPE = statement(
  'analytics.click-windows-by-type',
  `SELECT type, sum(events)::bigint AS events
   FROM (
     SELECT type, events FROM click_window WHERE grain = 'day' AND ${inRanges('start', 1)}
     UNION ALL
     SELECT type, events FROM click_window WHERE grain = 'minute' AND ${inRanges('start', 5)}
     UNION ALL
     SELECT type, 1 FROM click WHERE ${inRanges('at', 9)}
   ) part
   GROUP BY type
   ORDER BY type`,
);
export interface ClicksRow {
  readonly type: string;
  readonly events: number;
}

/** As {@link CLICKS_BY_TYPE}. Orders placed then, by what became of them; of the confirmed ones, what came back, each once. */
export const ORDERS_BY_FATE = statement(
  'analytics.orders-by-fate',
  `SELECT fate, sum(orders)::bigint AS orders
   FROM (
     SELECT CASE dimension WHEN 'outcome' THEN key ELSE dimension END AS fate, orders FROM sales_window
     WHERE dimension IN ('outcome', 'returned', 'refunded') AND grain = 'day' AND ${inRanges('start', 1)}
     UNION ALL
     SELECT CASE dimension WHEN 'outcome' THEN key ELSE dimension END, orders FROM sales_window
     WHERE dimension IN ('outcome', 'returned', 'refunded') AND grain = 'minute' AND ${inRanges('start', 5)}
     UNION ALL
     SELECT outcome::text, 1 FROM order_fact WHERE ${inRanges('placed_at', 9)}
     UNION ALL
     SELECT what, 1 FROM order_came_back WHERE what IN ('returned', 'refunded') AND ${inRanges('placed_at', 9)}
   ) part
   GROUP BY fate`,
);
export interface FateRow {
  readonly fate: 'placed' | 'cancelled' | 'rejected' | 'confirmed' | 'returned' | 'refunded';
  readonly orders: number;
}
