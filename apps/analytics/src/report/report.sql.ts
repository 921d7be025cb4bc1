import type { Bucket } from '@lethe/contracts';
import { statement } from '@lethe/database';

/**
 * $1 from, $2 to, $3 most rows. Orders by when they were placed, refunds by when the money went back. Buckets begin at whole minutes, hours and days of UTC. The width is part of the text:
 * only so does the planner find the statistics `order_fact_hours` and `order_fact_days`, by which it knows that there
 * are few buckets and adds up in a hash table, where it would else sort every order.
 */
const sales = (bucket: Bucket) =>
  statement(
    `analytics.sales-by-${bucket}`,
    `SELECT start, currency, coalesce(orders, 0)::bigint AS orders, coalesce(units, 0)::bigint AS units,
       coalesce(amount, 0)::bigint AS amount, refunds, refunded
     FROM (
       SELECT date_bin('1 ${bucket}', placed_at, timestamptz 'epoch') AS start, currency,
         count(*) AS orders, sum(units)::bigint AS units, sum(amount)::bigint AS amount
       FROM order_fact
       WHERE outcome = 'confirmed' AND placed_at >= $1::timestamptz AND placed_at < $2::timestamptz
       GROUP BY 1, 2
     ) sold
     FULL JOIN (
       SELECT date_bin('1 ${bucket}', refunded_at, timestamptz 'epoch') AS start, currency,
         count(*) AS refunds, sum(amount)::bigint AS refunded
       FROM order_refund_fact
       WHERE refunded_at >= $1::timestamptz AND refunded_at < $2::timestamptz
       GROUP BY 1, 2
     ) back USING (start, currency)
     ORDER BY 1, 2
     LIMIT $3`,
  );
export const SALES = { minute: sales('minute'), hour: sales('hour'), day: sales('day') } as const;
export interface SalesRow {
  readonly start: Date;
  readonly currency: string;
  readonly orders: number;
  readonly units: number;
  readonly amount: number;
  /** Null where no money went back then. */
  readonly refunds: number | null;
  readonly refunded: number | null;
}

/** $1 from, $2 to, $3 how many. A product is called what it was called when it was last bought. */
export const TOP_PRODUCTS = statement(
  'analytics.top-products',
  `SELECT top.product_id AS "productId", latest.sku, latest.name, top.currency, top.units, top.amount
   FROM (
     SELECT product_id, currency, sum(units)::bigint AS units, sum(amount)::bigint AS amount
     FROM order_line_fact
     WHERE placed_at >= $1::timestamptz AND placed_at < $2::timestamptz
     GROUP BY product_id, currency
     ORDER BY units DESC, amount DESC, product_id, currency
     LIMIT $3
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

export const CLICKS_BY_TYPE = statement(
  'analytics.clicks-by-type',
  `SELECT type, count(*) AS events, count(DISTINCT session) AS sessions
   FROM click
   WHERE at >= $1::timestamptz AND at < $2::timestamptz
   GROUP BY type
   ORDER BY type`,
);
export interface ClicksRow {
  readonly type: string;
  readonly events: number;
  readonly sessions: number;
}

export const ORDERS_BY_OUTCOME = statement(
  'analytics.orders-by-outcome',
  `SELECT outcome, count(*) AS orders
   FROM order_fact
   WHERE placed_at >= $1::timestamptz AND placed_at < $2::timestamptz
   GROUP BY outcome`,
);
/** Of the orders placed in a period: of how many goods came back, and how many got all their money back. */
export const ORDERS_THAT_CAME_BACK = statement(
  'analytics.orders-that-came-back',
  `SELECT
     (SELECT count(DISTINCT order_id) FROM order_return_fact
      WHERE placed_at >= $1::timestamptz AND placed_at < $2::timestamptz) AS returned,
     (SELECT count(DISTINCT order_id) FROM order_refund_fact
      WHERE placed_at >= $1::timestamptz AND placed_at < $2::timestamptz AND is_full) AS refunded`,
);
export interface CameBackRow {
  readonly returned: number;
  readonly refunded: number;
}

export interface OutcomeRow {
  readonly outcome: 'placed' | 'cancelled' | 'rejected' | 'confirmed';
  readonly orders: number;
}
