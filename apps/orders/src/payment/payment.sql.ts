import { statement } from '@lethe/database';
import type { PaymentStatus } from './payment.entity.js';

export interface DuePaymentRow {
  readonly total: number;
  readonly currency: string;
  readonly payment_token: string;
}

/**
 * `$1` order. Notes, before the provider is asked, that it is being asked; no row where the order is not reserved
 * (any more). The lock makes this and a cancellation take turns: either the cancellation sees the note, or it comes
 * first and nothing is asked.
 */
export const REQUEST_PAYMENT = statement(
  'payment.request',
  `WITH due AS (
     SELECT id, total, currency, payment_token FROM orders WHERE id = $1 AND status = 'reserved' FOR UPDATE),
   note AS (
     INSERT INTO payment (order_id, status) SELECT id, 'requested' FROM due
     ON CONFLICT (order_id) DO UPDATE SET requested_at = clock_timestamp() WHERE payment.status = 'requested')
   SELECT total, currency, payment_token FROM due`,
);

export interface PaymentRow {
  readonly status: PaymentStatus;
  readonly charge_id: string | null;
  /** Milliseconds since the provider was last asked to take the money. */
  readonly age_ms: number;
}

/** `$1` order. */
export const FIND_PAYMENT = statement(
  'payment.find',
  `SELECT status, charge_id, (extract(epoch FROM clock_timestamp() - requested_at) * 1000)::float8 AS age_ms
   FROM payment WHERE order_id = $1`,
);

/** `$1` order, `$2` the status, `$3` the provider's charge, where there is one. */
export const SETTLE_PAYMENT = statement(
  'payment.settle',
  `UPDATE payment SET status = $2, charge_id = coalesce($3, charge_id) WHERE order_id = $1`,
);
