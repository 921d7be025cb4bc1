import { statement } from '@lethe/database';

/** `$1` run, `$2` attempt, then a column each of the provider's payments. */
export const STAGE_PAYMENTS = statement(
  'reconciliation.stage-payments',
  `INSERT INTO reconciliation_payment
     (run_id, attempt, payment_id, order_id, status, amount, refunded, currency, created_at)
   SELECT $1, $2, * FROM unnest($3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[])
   ON CONFLICT DO NOTHING`,
);

/** `$1` run, `$2` attempt, then a column each of the provider's refunds. */
export const STAGE_REFUNDS = statement(
  'reconciliation.stage-refunds',
  `INSERT INTO reconciliation_refund
     (run_id, attempt, provider_refund_id, refund_id, payment_id, status, amount, currency, created_at)
   SELECT $1, $2, * FROM unnest($3::text[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::timestamptz[])
   ON CONFLICT DO NOTHING`,
);

export interface UnseenPaymentRow {
  readonly order_id: string;
  readonly payment_id: string;
  readonly asked_at: Date;
}

/**
 * `$1` run, `$2` attempt, `$3` from, `$4` until, `$5` at most. Payments of ours that should have left a trace with the
 * provider and are not among those of its list.
 */
export const UNSEEN_PAYMENTS = statement(
  'reconciliation.unseen-payments',
  `SELECT p.order_id, p.charge_id AS payment_id, p.first_requested_at AS asked_at FROM payment p
   WHERE p.first_requested_at >= $3 AND p.first_requested_at < $4 AND p.charge_id <> 'none'
     AND NOT EXISTS (SELECT FROM reconciliation_payment t
       WHERE t.run_id = $1 AND t.attempt = $2 AND t.payment_id = p.charge_id)
   ORDER BY p.order_id LIMIT $5`,
);

export interface UnseenRefundRow {
  readonly payment_id: string;
}

/** As {@link UNSEEN_PAYMENTS}, of refunds: the payments that they are of. */
export const UNSEEN_REFUNDS = statement(
  'reconciliation.unseen-refunds',
  `SELECT DISTINCT p.charge_id AS payment_id FROM refund r JOIN payment p ON p.order_id = r.order_id
   WHERE r.settled_at >= $3 AND r.settled_at < $4 AND p.charge_id <> 'none'
     AND NOT EXISTS (SELECT FROM reconciliation_refund t WHERE t.run_id = $1 AND t.attempt = $2 AND t.refund_id = r.id)
     AND NOT EXISTS (SELECT FROM reconciliation_refund t
       WHERE t.run_id = $1 AND t.attempt = $2 AND t.provider_refund_id = r.provider_refund_id)
   ORDER BY payment_id LIMIT $5`,
);

/** What was copied is many rows or few, and was not there before: without this the planner would guess. */
export const LEARN_SIZES = statement(
  'reconciliation.learn-sizes',
  'ANALYZE reconciliation_payment, reconciliation_refund',
);
