import { statement } from '@lethe/database';

/** $1 product id */
export const LOCK_PRODUCT_STOCK = statement(
  'catalog.lock-product-stock',
  `SELECT p.version, s.version + p.images_version AS "stockVersion", s.available
   FROM stock s JOIN product p ON p.id = s.product_id
   WHERE s.product_id = $1 AND p.deleted_at IS NULL
   FOR UPDATE OF s`,
);

/** The correction and its entry in the journal. $1 product id, $2 units to add, $3 actor, $4 reason, $5 note or null */
export const ADJUST_STOCK = statement(
  'catalog.adjust-stock',
  `WITH corrected AS (
     UPDATE stock SET available = available + $2::bigint, adjusted = adjusted + $2, version = version + 1
     WHERE product_id = $1 RETURNING product_id, version, available
   )
   INSERT INTO stock_adjustment (product_id, stock_version, actor, delta, reason, note, available)
   SELECT product_id, version, $3, $2, $4, $5, available FROM corrected`,
);

/** Quantities of one product. `available + reserved + sold = initial + adjusted`. */
export interface StockRow {
  readonly productId: string;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly initial: number;
  readonly adjusted: number;
}

/** $1 product id */
export const FIND_STOCK = statement(
  'catalog.find-stock',
  `SELECT s.product_id AS "productId", s.available, s.reserved, s.sold, s.initial, s.adjusted
   FROM stock s JOIN product p ON p.id = s.product_id
   WHERE s.product_id = $1 AND p.deleted_at IS NULL`,
);

/** An entry of the journal. */
export interface AdjustmentRow {
  readonly stockVersion: number;
  readonly adjustedAt: Date;
  readonly actor: string;
  readonly delta: number;
  readonly reason: string;
  readonly note: string | null;
  readonly available: number;
}

/** The newest first. $1 product id, $2 the version to begin before, or null, $3 how many */
export const LIST_ADJUSTMENTS = statement(
  'catalog.list-adjustments',
  `SELECT stock_version AS "stockVersion", adjusted_at AS "adjustedAt", actor, delta, reason, note, available
   FROM stock_adjustment
   WHERE product_id = $1 AND stock_version < coalesce($2::bigint, 9223372036854775807)
   ORDER BY stock_version DESC LIMIT $3`,
);
