import type { Change, EventType } from './change.js';
import { type Payment, type Refund, type Refusal, refundedOf } from './payment.js';

/** The version of Stripe's API whose field names are used; the one that `stripe` 23.1.0 pins. */
export const API_VERSION = '2026-10-28.endive';

export type Json = Readonly<Record<string, unknown>>;

/** What a view needs that the books do not hold. */
export interface ViewOptions {
  /** Where this process is reached by a browser, for the page of 3-D Secure. */
  readonly publicUrl: string;
  /** Shows the charge in whole rather than its id. */
  readonly expandCharge?: boolean;
}

/** A payment intent (https://docs.stripe.com/api/payment_intents/object), the fields that are of use here. */
export function paymentView(payment: Payment, { publicUrl, expandCharge = false }: ViewOptions): Json {
  const { id, amount, status, returnUrl, source, canceled } = payment;
  const url = `${publicUrl}/3ds/${id}`;
  const redirect = { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl ?? null } };
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: status === 'requires_capture' ? amount : 0,
    amount_received: payment.received,
    cancellation_reason: canceled?.reason ?? null,
    canceled_at: canceled?.at ?? null,
    capture_method: payment.captureMethod,
    client_secret: `${id}_secret_simulated`,
    confirmation_method: 'automatic',
    created: payment.created,
    currency: payment.currency,
    customer: null,
    description: payment.description ?? null,
    last_payment_error: payment.error ? cardError(payment.error) : null,
    latest_charge: expandCharge && payment.charge !== undefined ? chargeView(payment) : (payment.charge ?? null),
    livemode: false,
    metadata: payment.metadata,
    next_action: status === 'requires_action' ? redirect : null,
    payment_method: source === undefined ? null : `pm_${id.slice(3)}`,
    payment_method_types: ['card'],
    status,
  };
}

/** The charge of a payment that went through (https://docs.stripe.com/api/charges/object). */
export function chargeView(payment: Payment): Json {
  const refunded = refundedOf(payment);
  return {
    id: payment.charge ?? null,
    object: 'charge',
    amount: payment.amount,
    amount_captured: payment.received,
    amount_refunded: refunded,
    captured: payment.status === 'succeeded',
    created: payment.created,
    currency: payment.currency,
    livemode: false,
    metadata: payment.metadata,
    paid: true,
    payment_intent: payment.id,
    refunded: payment.received > 0 && refunded === payment.received,
    status: 'succeeded',
  };
}

/** https://docs.stripe.com/api/refunds/object */
export function refundView(payment: Payment, refund: Refund): Json {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: null,
    charge: payment.charge ?? null,
    created: refund.created,
    currency: payment.currency,
    metadata: refund.metadata,
    payment_intent: payment.id,
    reason: refund.reason ?? null,
    receipt_number: null,
    status: refund.status,
    ...(refund.status === 'failed' ? { failure_reason: 'unknown' } : {}),
  };
}

/** https://docs.stripe.com/api/events/object */
export function eventView(event: { id: string; type: EventType }, change: Change, options: ViewOptions): Json {
  return {
    id: event.id,
    object: 'event',
    api_version: API_VERSION,
    created: change.at,
    data: { object: objectOf(event.type, change, options) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: change.answer.key ?? null },
    type: event.type,
  };
}

/** A page of a list (https://docs.stripe.com/api/pagination). */
export function listView(url: string, page: { items: readonly Json[]; more: boolean }): Json {
  return { object: 'list', data: page.items, has_more: page.more, url };
}

/** The refusal of a card, as it stands in errors and in `last_payment_error`. */
export function cardError({ code, declineCode, message }: Refusal): Json {
  const declined = declineCode === undefined ? {} : { decline_code: declineCode };
  return { type: 'card_error', code, message, ...declined };
}

function objectOf(type: EventType, { payment, refund }: Change, options: ViewOptions): Json {
  if (!payment) return {};
  if (type === 'charge.refunded') return chargeView(payment);
  const given = payment.refunds.find(({ id }) => id === refund);
  return type.startsWith('refund.') && given ? refundView(payment, given) : paymentView(payment, options);
}
