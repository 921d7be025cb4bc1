import { statement } from '@lethe/database';
import type { OrderSummaryRow } from './order.sql.js';

/** An order as the staff finds it. */
export interface FoundOrderRow extends OrderSummaryRow {
  readonly customer_id: string;
}

const FOUND = 'o.id, o.customer_id, o.status, o.currency, o.total, o.reason, o.placed_at';

/**
 * By state and date, newest first by when they were placed. `$1` states, `$2` from, `$3`, `$4` before this time and id,
 * `$5` how many. Each state is a stretch of one index, read from its end: as many rows as the page has, times the number
 * of states, however many orders there are.
 */
export const SEARCH_STATES = statement(
  'orders.search-states',
  `SELECT o.* FROM unnest($1::text[]) AS wanted (status)
   CROSS JOIN LATERAL (
     SELECT ${FOUND} FROM orders o
     WHERE o.status = wanted.status AND o.placed_at >= $2::timestamptz AND (o.placed_at, o.id) < ($3::timestamptz, $4::uuid)
     ORDER BY o.placed_at DESC, o.id DESC LIMIT $5) o
   ORDER BY o.placed_at DESC, o.id DESC LIMIT $5`,
);

const MATCHES = `($4::text IS NULL OR o.status = $4) AND o.placed_at >= $5::timestamptz AND o.placed_at < $6::timestamptz`;

/**
 * One customer's, newest first by when they came in. `$1` customer, `$2` ids below this one, `$3` how many are looked at
 * at most, `$4` state or null, `$5` from, `$6` to, `$7` how many, `$8` product or null.
 */
export const SEARCH_CUSTOMER = statement(
  'orders.search-customer',
  `SELECT ${FOUND} FROM (SELECT * FROM orders WHERE customer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3) o
   WHERE ${MATCHES}
     AND ($8::uuid IS NULL OR EXISTS (SELECT FROM order_line l WHERE l.product_id = $8 AND l.order_id = o.id))
   ORDER BY o.id DESC LIMIT $7`,
);

/** Those with one product, as {@link SEARCH_CUSTOMER}. `$1` product, `$2`-`$7` the same. */
export const SEARCH_PRODUCT = statement(
  'orders.search-product',
  `SELECT ${FOUND}
   FROM (SELECT order_id FROM order_line WHERE product_id = $1 AND order_id < $2 ORDER BY order_id DESC LIMIT $3) l
   JOIN orders o ON o.id = l.order_id
   WHERE ${MATCHES}
   ORDER BY l.order_id DESC LIMIT $7`,
);

/** The last that was looked at; no row where that was the last there is. `$1` customer, `$2` ids below, `$3` how many. */
export const LAST_OF_CUSTOMER = statement(
  'orders.last-of-customer',
  'SELECT id FROM orders WHERE customer_id = $1 AND id < $2 ORDER BY id DESC OFFSET $3 - 1 LIMIT 1',
);

/** As {@link LAST_OF_CUSTOMER}, of a product. */
export const LAST_OF_PRODUCT = statement(
  'orders.last-of-product',
  `SELECT order_id AS id FROM order_line WHERE product_id = $1 AND order_id < $2 ORDER BY order_id DESC OFFSET $3 - 1 LIMIT 1`,
);
