import type { OrderStatus, PaymentStatus } from '@lethe/contracts';
import { statement } from '@lethe/database';

/** Values of a payment's row. The names that differ from `payment.entity.ts` are set here, once. */
const PAYMENT = `p.status, p.charge_id AS "paymentId", coalesce(p.first_requested_at, p.requested_at) AS "firstAsked",
  p.requested_at AS "lastAsked", (extract(epoch FROM clock_timestamp() - p.requested_at) * 1000)::float8 AS "ageMs"`;

/** As the customer sees it, of the order `o`; null where it was never asked for. */
export const ORDER_PAYMENT = `(
  SELECT json_strip_nulls(json_build_object('status', p.status, 'actionUrl',
    CASE WHEN p.status = 'requires-action' AND o.status = 'reserved' THEN p.action_url END))
  FROM payment p WHERE p.order_id = o.id)`;

export interface PaymentRow {
  readonly status: PaymentStatus;
  /** The provider's id, once it is known. */
  readonly paymentId: string | null;
  readonly firstAsked: Date;
  readonly lastAsked: Date;
  /** Milliseconds since the provider was last asked for the money. */
  readonly ageMs: number;
}

export interface DuePaymentRow extends PaymentRow {
  readonly total: number;
  readonly currency: string;
  readonly paymentToken: string;
  /** When this was so. */
  readonly dueAt: Date;
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
   p AS (
     INSERT INTO payment (order_id, status) SELECT id, 'requested' FROM due
     ON CONFLICT (order_id) DO UPDATE SET requested_at =
       CASE WHEN payment.charge_id IS NULL THEN clock_timestamp() ELSE payment.requested_at END
     RETURNING *)
   SELECT due.total, due.currency, due.payment_token AS "paymentToken", clock_timestamp() AS "dueAt", ${PAYMENT}
   FROM due, p`,
);

/**
 * `$1` order, `$2` the provider's payment. Notes that the money is set aside; no row where the order is not reserved any
 * more, and the money is not to be taken.
 */
export const HOLD_PAYMENT = statement(
  'payment.hold',
  `WITH due AS (SELECT id FROM orders WHERE id = $1 AND status = 'reserved' FOR UPDATE)
   UPDATE payment SET status = 'authorized', charge_id = $2, action_url = NULL FROM due WHERE order_id = due.id
   RETURNING order_id`,
);

/** `$1` order. */
export const FIND_PAYMENT = statement('payment.find', `SELECT ${PAYMENT} FROM payment p WHERE p.order_id = $1`);

export interface UnwantedRow extends PaymentRow {
  readonly total: number;
  readonly currency: string;
}

/** `$1` order. The payment of an order that ended unpaid, with what it would have cost; no row for any other. */
export const FIND_UNWANTED = statement(
  'payment.find-unwanted',
  `SELECT o.total, o.currency, ${PAYMENT} FROM payment p JOIN orders o ON o.id = p.order_id
   WHERE p.order_id = $1 AND o.status IN ('cancelled', 'rejected')`,
);

/** `$1` order, `$2` the provider's payment, which was not known yet. */
export const NOTE_PAYMENT = statement('payment.note', 'UPDATE payment SET charge_id = $2 WHERE order_id = $1');

export interface WaitingRow {
  readonly state: OrderStatus;
  readonly version: number;
  /** Since the order came into its state, or where a version of before moved it, into the last state noted. */
  readonly waitedSeconds: number;
  /** Times are texts: it comes as JSON. */
  readonly payment: {
    readonly paymentId: string | null;
    readonly firstAsked: string;
    readonly lastAsked: string;
  } | null;
}

/** `$1` order. What it waits for, and since when. */
export const FIND_WAITING = statement(
  'payment.find-waiting',
  `SELECT o.status AS state, o.version,
     (SELECT extract(epoch FROM clock_timestamp() - max(h.at))::float8 FROM order_history h WHERE h.order_id = o.id) AS "waitedSeconds",
     (SELECT json_build_object('paymentId', p.charge_id, 'firstAsked', coalesce(p.first_requested_at, p.requested_at),
        'lastAsked', p.requested_at) FROM payment p WHERE p.order_id = o.id) AS payment
   FROM orders o WHERE o.id = $1`,
);

/** `$1` order, `$2` the status, `$3` the provider's payment, where there is one, `$4` where the customer has to go. */
export const SETTLE_PAYMENT = statement(
  'payment.settle',
  `UPDATE payment SET status = $2, charge_id = coalesce($3, charge_id), action_url = $4 WHERE order_id = $1`,
);

/**
 * `$1` the provider's id of the event, `$2` its type, `$3` order, `$4` our refund, or null. What there is to ask now; no
 * row where the event was heard before, or nothing waits for it: then nothing is written either, as on the straight way of
 * every order. Each that is heard also forgets a few of those of long ago: Stripe sends an event again for three days at
 * most (https://docs.stripe.com/webhooks#automatic-retries).
 */
export const HEAR_NOTICE = statement(
  'payment.hear-notice',
  `WITH target AS (
     SELECT p.status IN ('requires-action', 'processing') AS waiting, r.id AS refund_id
     FROM payment p LEFT JOIN refund r
       ON r.id = $4 AND r.order_id = p.order_id AND r.status = 'requested' AND r.provider_refund_id IS NOT NULL
     WHERE p.order_id = $3 AND (p.status IN ('requires-action', 'processing') OR r.id IS NOT NULL)),
   heard AS (
     INSERT INTO payment_notice (id, type) SELECT $1::text, $2::text FROM target ON CONFLICT DO NOTHING RETURNING id),
   old AS (
     SELECT id FROM payment_notice
     WHERE received_at < clock_timestamp() - interval '30 days' AND EXISTS (SELECT FROM heard)
     ORDER BY received_at LIMIT 4 FOR UPDATE SKIP LOCKED),
   forgotten AS (DELETE FROM payment_notice n USING old WHERE n.id = old.id)
   SELECT target.waiting, target.refund_id AS "refundId" FROM target, heard`,
);

export interface NoticeRow {
  /** Whether the order waits for its payment. */
  readonly waiting: boolean;
  /** Our refund, where the provider had not settled it when it was asked. */
  readonly refundId: string | null;
}

/**
 * `$1` refund, `$2` its order. What is to be given back, with a note, committed before the provider is asked, that it is
 * being asked; no row where the refund is settled.
 */
export const ASK_REFUND = statement(
  'payment.ask-refund',
  `WITH due AS (
     SELECT id, order_id, amount, asked_at, requested_at FROM refund
     WHERE id = $1 AND order_id = $2 AND status = 'requested' FOR UPDATE),
   note AS (UPDATE refund r SET asked_at = clock_timestamp() FROM due WHERE r.id = due.id AND due.asked_at IS NULL)
   SELECT due.amount, o.currency, p.charge_id AS "paymentId", due.asked_at IS NOT NULL AS asked,
     (extract(epoch FROM clock_timestamp() - due.requested_at) * 1000)::float8 AS "openMs", clock_timestamp() AS "dueAt"
   FROM due JOIN orders o ON o.id = due.order_id JOIN payment p ON p.order_id = due.order_id
   WHERE p.charge_id IS NOT NULL`,
);

export interface DueRefundRow {
  readonly amount: number;
  readonly currency: string;
  readonly paymentId: string;
  /** Whether the provider was asked for it before. */
  readonly asked: boolean;
  /** Milliseconds since the refund was decided. */
  readonly openMs: number;
  /** When this was so. */
  readonly dueAt: Date;
}
