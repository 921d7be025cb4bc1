import { statement } from '@lethe/database';

/**
 * What messages tell of orders, one row for each order. Messages come in any order and more than once: the outcome only
 * rises and what is known is kept, so the row is the same whatever the order (R13). Sorted, so that two transactions that
 * share orders lock them in the same order.
 */
export const RECORD_ORDERS = statement(
  'analytics.record-orders',
  `INSERT INTO order_fact AS known (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency, customer, country)
   SELECT o.order_id, o.placed_at, o.outcome, o.confirmed_at, o.lines, o.units, o.amount, o.currency, o.customer, o.country
   FROM unnest($1::uuid[], $2::timestamptz[], $3::order_outcome[], $4::timestamptz[], $5::int[], $6::bigint[], $7::bigint[],
     $8::text[], $9::text[], $10::text[])
     AS o (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency, customer, country)
   ORDER BY o.order_id
   ON CONFLICT (order_id) DO UPDATE SET
     outcome = greatest(known.outcome, excluded.outcome),
     confirmed_at = coalesce(known.confirmed_at, excluded.confirmed_at),
     lines = coalesce(known.lines, excluded.lines),
     units = coalesce(known.units, excluded.units),
     amount = coalesce(known.amount, excluded.amount),
     currency = coalesce(known.currency, excluded.currency),
     customer = coalesce(known.customer, excluded.customer),
     country = coalesce(known.country, excluded.country)`,
);

export const RECORD_LINES = statement(
  'analytics.record-lines-of-orders',
  `INSERT INTO order_line_fact (order_id, position, product_id, sku, name, placed_at, units, amount, currency, category)
   SELECT l.order_id, l.position, l.product_id, l.sku, l.name, l.placed_at, l.units, l.amount, l.currency, l.category
   FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[], $8::bigint[],
     $9::text[], $10::text[])
     AS l (order_id, position, product_id, sku, name, placed_at, units, amount, currency, category)
   ORDER BY l.order_id, l.position
   ON CONFLICT DO NOTHING`,
);

/** $1 refund, $2 order, $3 when it was placed, $4 when the money went back, $5 amount, $6 currency, $7 whether all has */
export const RECORD_REFUND = statement(
  'analytics.record-refund',
  `INSERT INTO order_refund_fact (refund_id, order_id, placed_at, refunded_at, amount, currency, is_full)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
);

/** $1 return, $2 order, $3 when it was placed, $4 when the goods came back, $5 units */
export const RECORD_RETURN = statement(
  'analytics.record-return',
  `INSERT INTO order_return_fact (return_id, order_id, placed_at, returned_at, units)
   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
);
