import { statement } from '@lethe/database';
import type { OrderSummaryRow } from '../order/order.sql.js';

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

/**
 * How many orders of a customer or with a product one page looks at, at most: so a page takes as long at any size. A
 * number of the text, no parameter: the planner has to know that they are few.
 */
export const LOOKED_AT = 1_000;

const MATCHES = `($3::text IS NULL OR o.status = $3) AND o.placed_at >= $4::timestamptz AND o.placed_at < $5::timestamptz`;

/**
 * Looks up, one by one, the orders of a stretch of an index that has nothing but ids: `OFFSET 0` keeps the planner from
 * making a join of it that reads all orders, or from sorting what the index has in order.
 */
const amongst = (ids: string, further = ''): string =>
  `SELECT o.*
   FROM (${ids} LIMIT ${LOOKED_AT}) found
   CROSS JOIN LATERAL (SELECT ${FOUND} FROM orders o WHERE o.id = found.id OFFSET 0) o
   WHERE ${MATCHES} ${further}
   ORDER BY found.id DESC LIMIT $6`;

const OF_CUSTOMER = 'SELECT id FROM orders WHERE customer_id = $1 AND id < $2 ORDER BY id DESC';
const OF_PRODUCT =
  'SELECT order_id AS id FROM order_line WHERE product_id = $1 AND order_id < $2 ORDER BY order_id DESC';

/**
 * One customer's, newest first by when they came in. `$1` customer, `$2` ids below this one, `$3` state or null, `$4` from,
 * `$5` to, `$6` how many, `$7` product or null.
 */
export const SEARCH_CUSTOMER = statement(
  'orders.search-customer',
  amongst(
    OF_CUSTOMER,
    'AND ($7::uuid IS NULL OR EXISTS (SELECT FROM order_line l WHERE l.product_id = $7 AND l.order_id = o.id))',
  ),
);

/** Those with one product, as {@link SEARCH_CUSTOMER}. `$1` product, `$2`-`$6` the same. */
export const SEARCH_PRODUCT = statement('orders.search-product', amongst(OF_PRODUCT));

/** The last that was looked at; no row where there are none after it. `$1` customer, `$2` ids below. */
export const LAST_OF_CUSTOMER = statement('orders.last-of-customer', `${OF_CUSTOMER} OFFSET ${LOOKED_AT - 1} LIMIT 1`);

/** As {@link LAST_OF_CUSTOMER}, of a product. */
export const LAST_OF_PRODUCT = statement('orders.last-of-product', `${OF_PRODUCT} OFFSET ${LOOKED_AT - 1} LIMIT 1`);
