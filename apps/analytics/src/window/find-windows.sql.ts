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
