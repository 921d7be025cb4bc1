import { type Statement, statement } from '@lethe/database';

/**
 * Parameters of all: `$1` run, `$2` attempt, `$3` from, `$4` until. A payment of ours belongs to the period in which the
 * provider was first asked for it, a refund to that in which it was settled; what the provider has and we have not, to
 * that in which the provider made it. So each is looked at once, by one run of consecutive ones.
 */
function compare(name: string, ctes: string, found: string): Statement {
  return statement(
    `reconciliation.compare-${name}`,
    `WITH ${ctes}, found AS (${found})
     INSERT INTO reconciliation_difference
       (run_id, position, kind, subject, order_id, payment_id, refund_id, ours, theirs)
     SELECT $1, (SELECT coalesce(max(position), 0) FROM reconciliation_difference WHERE run_id = $1)
         + row_number() OVER (ORDER BY order_id, payment_id, refund_id, kind)::int,
       kind, subject, order_id, payment_id, refund_id, ours, theirs
     FROM found WHERE $2::int IS NOT NULL`,
  );
}

/** States of an order that has been paid. */
const PAID = `('paid', 'confirmed', 'fulfilling', 'shipped', 'delivered', 'returned', 'partly-refunded', 'refunded', 'fulfilled')`;

const sum = (amount: string, currency: string): string => `${amount} || ' ' || ${currency}`;

const THEIR_PAYMENTS = `theirs AS MATERIALIZED (
  SELECT * FROM reconciliation_payment WHERE run_id = $1 AND attempt = $2)`;

/** Of several payments of one order the one that holds money. */
const GUESS = `guess AS (
  SELECT DISTINCT ON (order_id) order_id, payment_id FROM theirs WHERE order_id IS NOT NULL
  ORDER BY order_id, (status IN ('captured', 'authorized')) DESC, payment_id)`;

/** Whether what we say of a payment, `u.status`, and what the provider says, `t.status`, can both be true. */
const AGREES = `CASE u.status
  WHEN 'captured' THEN t.status IS NOT DISTINCT FROM 'captured' OR u.free
  WHEN 'declined' THEN coalesce(t.status, 'declined') IN ('declined', 'voided', 'requires-action')
  WHEN 'voided' THEN coalesce(t.status, 'voided') IN ('declined', 'voided', 'requires-action')
    OR (t.status = 'captured' AND t.refunded = t.amount)
  ELSE false END`;

/** Ours against theirs. What is neither taken nor given up after the grace is a difference too, whatever they say. */
export const COMPARE_PAYMENTS = compare(
  'payments',
  `${THEIR_PAYMENTS}, ${GUESS}, ours AS MATERIALIZED (
     SELECT p.order_id, p.status, nullif(p.charge_id, 'none') AS payment_id, p.charge_id IS NOT DISTINCT FROM 'none' AS free,
       o.total, o.currency
     FROM payment p JOIN orders o ON o.id = p.order_id
     WHERE p.first_requested_at >= $3 AND p.first_requested_at < $4),
   pair AS (
     SELECT u.order_id, coalesce(u.payment_id, t.payment_id) AS payment_id, u.status, u.total, u.currency,
       t.status AS their_status, t.amount AS their_amount, t.currency AS their_currency, ${AGREES} AS agrees
     FROM ours u LEFT JOIN guess g ON g.order_id = u.order_id
       LEFT JOIN theirs t ON t.payment_id = coalesce(u.payment_id, g.payment_id))`,
  `SELECT CASE WHEN their_status IS NULL AND status IN ('captured', 'authorized') THEN 'missing' ELSE 'status' END AS kind,
     'payment' AS subject, order_id, payment_id, NULL::text AS refund_id, status AS ours, their_status AS theirs
   FROM pair WHERE NOT agrees
   UNION ALL
   SELECT CASE WHEN currency <> their_currency THEN 'currency' ELSE 'amount' END, 'payment', order_id, payment_id, NULL,
     ${sum('total', 'currency')}, ${sum('their_amount', 'their_currency')}
   FROM pair WHERE status = 'captured' AND their_status = 'captured'
     AND (currency <> their_currency OR total <> their_amount)`,
);

/** Money that the provider holds and that our books know nothing of, a second payment of one order too. */
export const COMPARE_EXTRA_PAYMENTS = compare(
  'extra-payments',
  `${THEIR_PAYMENTS}, ${GUESS}`,
  `SELECT 'extra' AS kind, 'payment' AS subject, t.order_id, t.payment_id, NULL::text AS refund_id,
     p.charge_id AS ours, t.status || ' ' || ${sum('t.amount', 't.currency')} AS theirs
   FROM theirs t LEFT JOIN guess g ON g.order_id = t.order_id LEFT JOIN payment p ON p.order_id = t.order_id
   WHERE t.created_at >= $3 AND t.created_at < $4
     AND (t.status IN ('authorized', 'processing') OR (t.status = 'captured' AND t.refunded < t.amount))
     AND (p.order_id IS NULL OR t.payment_id <> coalesce(p.charge_id, g.payment_id))
     AND (t.order_id IS NOT NULL OR NOT EXISTS (SELECT FROM payment q WHERE q.charge_id = t.payment_id))`,
);

/** Our own books: an order is paid exactly if its payment was captured (C5). */
export const COMPARE_ORDERS = compare(
  'orders',
  `touched AS (
     SELECT order_id FROM payment WHERE first_requested_at >= $3 AND first_requested_at < $4
     UNION SELECT order_id FROM order_history WHERE status = 'paid' AND at >= $3 AND at < $4)`,
  `SELECT 'status' AS kind, 'order' AS subject, o.id AS order_id, p.charge_id AS payment_id, NULL::text AS refund_id,
     o.status || ', payment ' || coalesce(p.status, 'none') AS ours, NULL::text AS theirs
   FROM touched JOIN orders o ON o.id = touched.order_id LEFT JOIN payment p ON p.order_id = o.id
   WHERE (o.status IN ${PAID}) <> (coalesce(p.status, 'none') = 'captured')`,
);

/** Refunds, ours against theirs and theirs against ours. What gave back a payment that is `voided` has no row of ours. */
export const COMPARE_REFUNDS = compare(
  'refunds',
  `theirs AS MATERIALIZED (SELECT * FROM reconciliation_refund WHERE run_id = $1 AND attempt = $2),
   ours AS MATERIALIZED (
     SELECT r.id, r.order_id, r.status, r.amount, r.provider_refund_id, o.currency
     FROM refund r JOIN orders o ON o.id = r.order_id
     WHERE (r.settled_at >= $3 AND r.settled_at < $4)
       OR (r.status = 'requested' AND r.id IN (SELECT refund_id FROM theirs WHERE created_at < $4))),
   named AS (SELECT DISTINCT ON (refund_id) * FROM theirs WHERE refund_id IS NOT NULL
     ORDER BY refund_id, (status = 'succeeded') DESC, provider_refund_id),
   pair AS (
     SELECT u.*, coalesce(t.status, n.status) AS their_status, coalesce(t.amount, n.amount) AS their_amount,
       coalesce(t.currency, n.currency) AS their_currency, coalesce(t.payment_id, n.payment_id) AS payment_id
     FROM ours u LEFT JOIN theirs t ON t.provider_refund_id = u.provider_refund_id LEFT JOIN named n ON n.refund_id = u.id)`,
  `SELECT CASE WHEN their_status IS NULL THEN 'missing' ELSE 'status' END AS kind, 'refund' AS subject, order_id,
     payment_id, id::text AS refund_id, status AS ours, their_status AS theirs
   FROM pair WHERE CASE status WHEN 'succeeded' THEN their_status IS DISTINCT FROM 'succeeded'
     WHEN 'failed' THEN coalesce(their_status, 'failed') <> 'failed' ELSE their_status <> 'pending' END
   UNION ALL
   SELECT CASE WHEN currency <> their_currency THEN 'currency' ELSE 'amount' END, 'refund', order_id, payment_id,
     id::text, ${sum('amount', 'currency')}, ${sum('their_amount', 'their_currency')}
   FROM pair WHERE their_status IN ('succeeded', 'pending') AND (currency <> their_currency OR amount <> their_amount)
   UNION ALL
   SELECT 'extra', 'refund', p.order_id, t.payment_id, t.provider_refund_id, NULL,
     t.status || ' ' || ${sum('t.amount', 't.currency')}
   FROM theirs t LEFT JOIN payment p ON p.charge_id = t.payment_id
   WHERE t.created_at >= $3 AND t.created_at < $4 AND t.status IN ('succeeded', 'pending')
     AND p.status IS DISTINCT FROM 'voided'
     AND NOT EXISTS (SELECT FROM refund r WHERE r.id = t.refund_id)
     AND NOT EXISTS (SELECT FROM refund r WHERE r.order_id = p.order_id AND r.provider_refund_id = t.provider_refund_id)`,
);

/** All that is compared, in this order. */
export const COMPARISONS: readonly Statement[] = [
  COMPARE_PAYMENTS,
  COMPARE_EXTRA_PAYMENTS,
  COMPARE_ORDERS,
  COMPARE_REFUNDS,
];
