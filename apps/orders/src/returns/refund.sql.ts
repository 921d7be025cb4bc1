import type { RefundStatus } from '@lethe/contracts';
import { statement } from '@lethe/database';

const time = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const REFUND = `json_strip_nulls(json_build_object(
    'id', r.id, 'amount', json_build_object('amount', r.amount, 'currency', o.currency), 'status', r.status,
    'reason', r.reason, 'requestedAt', ${time('r.requested_at')}, 'settledAt', ${time('r.settled_at')},
    'returnId', r.return_id))`;

/** The refunds of an order `o` as JSON, the oldest first; null where there is none. */
export const REFUNDS = `(SELECT json_agg(${REFUND} ORDER BY r.requested_at, r.id) FROM refund r WHERE r.order_id = o.id)`;

/** The returns of an order `o` as JSON, the oldest first; null where there is none. */
export const RETURNS = `(
  SELECT json_agg(json_build_object('id', b.id, 'reason', b.reason, 'at', ${time('b.returned_at')}, 'items', (
    SELECT json_agg(json_build_object('productId', l.product_id, 'quantity', bl.quantity) ORDER BY bl.position)
    FROM order_return_line bl JOIN order_line l ON l.order_id = b.order_id AND l.position = bl.position
    WHERE bl.return_id = b.id)) ORDER BY b.returned_at, b.id)
  FROM order_return b WHERE b.order_id = o.id)`;

/** `$1` refund. */
export const READ_REFUND = statement(
  'refund.read',
  `SELECT ${REFUND} AS refund FROM refund r JOIN orders o ON o.id = r.order_id WHERE r.id = $1`,
);

/** `$1` refund, `$2` order, locked, `$3` return or null, `$4` amount, `$5` reason. */
export const CLAIM_REFUND = statement(
  'refund.claim',
  `WITH claimed AS (UPDATE orders SET refunds_claimed = refunds_claimed + $4 WHERE id = $2)
   INSERT INTO refund (id, order_id, return_id, amount, reason) VALUES ($1, $2, $3, $4, $5)`,
);

export interface RefundRow {
  readonly id: string;
  readonly order_id: string;
  readonly return_id: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly provider_refund_id: string | null;
  /** Milliseconds since it was asked for. */
  readonly age_ms: number;
}

/** `$1` refund. */
export const FIND_REFUND = statement(
  'refund.find',
  `SELECT r.id, r.order_id, r.return_id, r.amount, o.currency, r.status, r.provider_refund_id,
     (extract(epoch FROM clock_timestamp() - r.requested_at) * 1000)::float8 AS age_ms
   FROM refund r JOIN orders o ON o.id = r.order_id WHERE r.id = $1`,
);

/** `$1` refund, `$2` the provider's id of it: known before it is settled, where the provider takes its time. */
export const NOTE_PROVIDER_REFUND = statement(
  'refund.note-provider',
  'UPDATE refund SET provider_refund_id = $2 WHERE id = $1 AND provider_refund_id IS NULL',
);

/** What a settled refund gave back of a line. */
export interface RefundedLine {
  readonly productId: string;
  readonly quantity: number;
  readonly amount: number;
}

export interface SettledRefundRow {
  readonly amount: number;
  readonly settled_at: Date;
  /** Of the order: what went back of its total by now. */
  readonly refunded: number;
  readonly total: number;
  readonly items: RefundedLine[];
}

/**
 * `$1` refund, `$2` `succeeded` or `failed`, `$3` the provider's id of it, or null; the order is locked. No row where it is
 * settled already. One that failed gives its claim on the order's money back.
 */
export const SETTLE_REFUND = statement(
  'refund.settle',
  `WITH settled AS (
     UPDATE refund SET status = $2::text, provider_refund_id = coalesce($3, provider_refund_id), settled_at = clock_timestamp()
     WHERE id = $1 AND status = 'requested'
     RETURNING order_id, return_id, amount, settled_at),
   counted AS (
     UPDATE orders o SET
       refunded = o.refunded + CASE WHEN $2::text = 'succeeded' THEN s.amount ELSE 0 END,
       refunds_claimed = o.refunds_claimed - CASE WHEN $2::text = 'failed' THEN s.amount ELSE 0 END
     FROM settled s WHERE o.id = s.order_id
     RETURNING o.refunded, o.total)
   SELECT s.amount, s.settled_at, c.refunded, c.total, coalesce((
     SELECT json_agg(json_build_object('productId', l.product_id, 'quantity', b.quantity, 'amount', b.amount) ORDER BY l.position)
     FROM order_return_line b JOIN order_line l ON l.order_id = s.order_id AND l.position = b.position
     WHERE b.return_id = s.return_id), '[]') AS items
   FROM settled s CROSS JOIN counted c`,
);
