import type { Stripe } from 'stripe';
import type { PaymentState, ProviderPayment, ProviderRefund } from '../payment.state.js';
import { moneyOf } from './stripe.money.js';

/** The names under which our ids stand at Stripe. */
export const METADATA = { order: 'order_id', refund: 'refund_id' } as const;

/**
 * How things stand with a payment intent, whose `latest_charge` is expanded where something may have been given back
 * (https://docs.stripe.com/payments/paymentintents/lifecycle). What is told by none of our states is not settled, and
 * so `processing`: states that Stripe adds one day, and actions that are no page to go to.
 */
export function stateOf(intent: Stripe.PaymentIntent): PaymentState {
  const { id: paymentId, status, currency } = intent;
  switch (status) {
    case 'requires_payment_method':
      return { status: 'declined', paymentId, code: intent.last_payment_error?.code ?? 'no_payment_method' };
    case 'requires_action': {
      const actionUrl = intent.next_action?.redirect_to_url?.url;
      return actionUrl ? { status: 'requires-action', paymentId, actionUrl } : { status: 'processing', paymentId };
    }
    case 'requires_capture':
      return { status: 'authorized', paymentId, amount: moneyOf(intent.amount_capturable, currency) };
    case 'succeeded': {
      const charge = intent.latest_charge;
      const refunded = charge === null || typeof charge === 'string' ? 0 : charge.amount_refunded;
      const amount = moneyOf(intent.amount_received, currency);
      return { status: 'captured', paymentId, amount, refunded: moneyOf(refunded, currency) };
    }
    case 'canceled':
      return { status: 'voided', paymentId };
    case 'processing':
    case 'requires_confirmation':
    default:
      return { status: 'processing', paymentId };
  }
}

/** A payment intent as the lists have it. */
export function paymentOf(intent: Stripe.PaymentIntent): ProviderPayment {
  const orderId = intent.metadata[METADATA.order];
  return {
    paymentId: intent.id,
    ...(orderId === undefined ? {} : { orderId }),
    asked: moneyOf(intent.amount, intent.currency),
    state: stateOf(intent),
    createdAt: new Date(intent.created * 1_000),
  };
}

/** A refund that still needs somebody's action counts as pending, one that was called off as failed. */
export function refundOf(refund: Stripe.Refund): ProviderRefund {
  const intent = refund.payment_intent;
  const refundId = refund.metadata?.[METADATA.refund];
  const orderId = refund.metadata?.[METADATA.order];
  return {
    id: refund.id,
    status: refundStatusOf(refund.status),
    paymentId: intent === null || typeof intent === 'string' ? (intent ?? '') : intent.id,
    amount: moneyOf(refund.amount, refund.currency),
    ...(refundId === undefined ? {} : { refundId }),
    ...(orderId === undefined ? {} : { orderId }),
    createdAt: new Date(refund.created * 1_000),
  };
}

function refundStatusOf(status: string | null): ProviderRefund['status'] {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}
