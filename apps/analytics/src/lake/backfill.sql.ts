import { type Statement, statement } from '@lethe/database';

/** Facts of one kind, page by page. $1 the cursor after which, $2 how many */
export interface BackfillStep {
  readonly source: string;
  readonly find: Statement;
}

/** One at a time: the row is locked until the page is written. $1 source */
export const START_BACKFILL = statement(
  'analytics.start-lake-backfill',
  `INSERT INTO lake_backfill (source, after) VALUES ($1, '')
   ON CONFLICT (source) DO UPDATE SET source = excluded.source RETURNING after`,
);
export const MOVE_CURSOR = statement(
  'analytics.move-lake-backfill',
  'UPDATE lake_backfill SET after = $2 WHERE source = $1',
);

/** ISO 8601 in UTC, to the millisecond. */
const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const orders = (source: string, type: string, where: string): BackfillStep => ({
  source,
  find: statement(
    `analytics.backfill-${source}`,
    `SELECT order_id::text AS cursor, jsonb_build_object(
       'event_id', order_id || '/' || ${type}, 'event_type', 'order-' || ${type}, 'occurred_at', ${iso('placed_at')},
       'placed_at', ${iso('placed_at')}, 'order_id', order_id, 'customer', customer, 'country', country,
       'amount', amount, 'currency', currency) AS event
     FROM order_fact WHERE order_id > coalesce(nullif($1, '')::uuid, '00000000-0000-0000-0000-000000000000') ${where}
     ORDER BY order_id LIMIT $2`,
  ),
});

export const BACKFILL_STEPS: readonly BackfillStep[] = [
  orders('placed', `'placed'::text`, ''),
  orders('outcomes', 'outcome::text', `AND outcome <> 'placed'`),
  {
    source: 'lines',
    find: statement(
      'analytics.backfill-lines',
      `SELECT l.order_id || '/' || l.position AS cursor, jsonb_build_object(
         'event_id', l.order_id || '/line/' || l.position, 'event_type', 'order-line',
         'occurred_at', ${iso('l.placed_at')}, 'placed_at', ${iso('l.placed_at')}, 'order_id', l.order_id,
         'line_no', l.position, 'customer', o.customer, 'country', o.country, 'product_id', l.product_id, 'sku', l.sku,
         'product_name', l.name, 'category', l.category, 'units', l.units, 'amount', l.amount,
         'currency', l.currency) AS event
       FROM order_line_fact l LEFT JOIN order_fact o ON o.order_id = l.order_id
       WHERE (l.order_id, l.position) > (
         coalesce(nullif(split_part($1, '/', 1), '')::uuid, '00000000-0000-0000-0000-000000000000'),
         coalesce(nullif(split_part($1, '/', 2), '')::integer, 0))
       ORDER BY l.order_id, l.position LIMIT $2`,
    ),
  },
  {
    source: 'refunds',
    find: statement(
      'analytics.backfill-refunds',
      `SELECT refund_id::text AS cursor, jsonb_build_object(
         'event_id', refund_id, 'event_type', 'order-refunded', 'occurred_at', ${iso('refunded_at')},
         'placed_at', ${iso('placed_at')}, 'order_id', order_id, 'amount', amount, 'currency', currency) AS event
       FROM order_refund_fact
       WHERE refund_id > coalesce(nullif($1, '')::uuid, '00000000-0000-0000-0000-000000000000')
       ORDER BY refund_id LIMIT $2`,
    ),
  },
  {
    source: 'clicks',
    find: statement(
      'analytics.backfill-clicks',
      `SELECT id AS cursor, jsonb_build_object(
         'event_id', id, 'event_type', 'click', 'occurred_at', ${iso('at')}, 'session_id', session,
         'detail', type, 'product_id', product_id) AS event
       FROM click WHERE id > $1 ORDER BY id LIMIT $2`,
    ),
  },
];
