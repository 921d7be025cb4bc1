import { statement } from '@lethe/database';

/** No row where the return is back on the shelf already. $1 return, $2 order */
export const CLAIM_RETURN = statement(
  'catalog.claim-return',
  `INSERT INTO restock (return_id, order_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING return_id`,
);

/**
 * Puts sold units on the shelf again, each with its entry in the journal; gives the products as `GivenBack`. The rows
 * are locked in the order of the ids, as everywhere. $1 products, each once, $2 quantities, $3 return, $4 actor, $5 note
 */
export const RESTOCK_LINES = statement(
  'catalog.restock-lines',
  `WITH line AS (
     SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS line (product_id, quantity)
   ), locked AS (
     SELECT s.product_id, line.quantity FROM stock s JOIN line ON line.product_id = s.product_id
     ORDER BY s.product_id FOR UPDATE OF s
   ), back AS (
     UPDATE stock s
     SET available = s.available + locked.quantity, sold = s.sold - locked.quantity, version = s.version + 1
     FROM locked WHERE s.product_id = locked.product_id
     RETURNING s.product_id, s.version, s.available, locked.quantity
   ), journal AS (
     INSERT INTO stock_adjustment (product_id, stock_version, actor, delta, reason, note, available, return_id)
     SELECT product_id, version, $4, quantity, 'return', $5, available, $3::uuid FROM back
   )
   SELECT product_id AS "productId", available,
     available = quantity AND EXISTS (SELECT FROM product p WHERE p.id = product_id AND p.deleted_at IS NULL) AS back
   FROM back`,
);
