import { statement } from '@lethe/database';
import type { BoughtLine } from './goods-back.js';

export interface BoughtRow {
  /** What was paid and neither went back nor is claimed by a refund under way. */
  readonly left: number;
  readonly lines: BoughtLine[];
}

/** `$1` order, locked. */
export const FIND_BOUGHT = statement(
  'return.find-bought',
  `SELECT o.total - o.refunds_claimed AS left, (
     SELECT json_agg(json_build_object(
       'position', l.position, 'productId', l.product_id, 'quantity', l.quantity, 'unitPrice', l.unit_price,
       'discount', l.discount, 'tax', l.tax, 'returned', l.returned) ORDER BY l.position)
     FROM order_line l WHERE l.order_id = o.id) AS lines
   FROM orders o WHERE o.id = $1`,
);

/** `$1` return, `$2` order, locked, `$3` reason, `$4`-`$6` positions, quantities and amounts of its lines. */
export const RECORD_RETURN = statement(
  'return.record',
  `WITH made AS (
     INSERT INTO order_return (id, order_id, reason) VALUES ($1, $2, $3) RETURNING id, returned_at),
   line AS (
     SELECT * FROM unnest($4::int[], $5::int[], $6::bigint[]) AS given (position, quantity, amount)),
   kept AS (
     INSERT INTO order_return_line (return_id, position, quantity, amount)
     SELECT made.id, line.position, line.quantity, line.amount FROM made CROSS JOIN line),
   counted AS (
     UPDATE order_line l SET returned = l.returned + line.quantity
     FROM line WHERE l.order_id = $2 AND l.position = line.position)
   SELECT returned_at FROM made`,
);
