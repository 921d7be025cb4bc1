import type { Refusal } from './payment.js';

/** What a payment method does when it is used. */
export interface Behaviour {
  readonly outcome: 'approved' | 'declined' | 'action' | 'processing';
  /** Where it is declined. */
  readonly refusal?: Refusal;
  /** How its refunds end. */
  readonly refunds: 'succeed' | 'pend' | 'fail';
}

const approved: Behaviour = { outcome: 'approved', refunds: 'succeed' };

function declined(declineCode: string, code = 'card_declined', message = 'Your card was declined.'): Behaviour {
  return { outcome: 'declined', refusal: { code, declineCode, message }, refunds: 'succeed' };
}

/**
 * By the second part of Stripe's test names: `tok_visa`, `pm_card_visa`. https://docs.stripe.com/testing; `processing` is
 * ours, since no card of Stripe's leaves a payment intent `processing`.
 */
const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map([
  ['visa', approved],
  ['mastercard', approved],
  ['amex', approved],
  ['gb', approved],
  ['chargeDeclined', declined('generic_decline')],
  ['chargeDeclinedInsufficientFunds', declined('insufficient_funds')],
  ['visa_chargeDeclined', declined('generic_decline')],
  ['visa_chargeDeclinedInsufficientFunds', declined('insufficient_funds')],
  ['visa_chargeDeclinedLostCard', declined('lost_card')],
  ['chargeDeclinedFraudulent', declined('fraudulent')],
  ['chargeDeclinedExpiredCard', declined('expired_card', 'expired_card', 'Your card has expired.')],
  [
    'chargeDeclinedProcessingError',
    declined('processing_error', 'processing_error', 'An error occurred while processing your card.'),
  ],
  ['threeDSecure2Required', { outcome: 'action', refunds: 'succeed' }],
  ['threeDSecureRequired', { outcome: 'action', refunds: 'succeed' }],
  ['authenticationRequired', { outcome: 'action', refunds: 'succeed' }],
  ['pendingRefund', { outcome: 'approved', refunds: 'pend' }],
  ['refundFail', { outcome: 'approved', refunds: 'fail' }],
  ['processing', { outcome: 'processing', refunds: 'succeed' }],
]);

/** What this token or payment method does; undefined for one that does not exist. */
export function behaviourOf(source: string): Behaviour | undefined {
  return BEHAVIOURS.get(source.replace(/^(tok|pm_card)_/, ''));
}

/** The refusal of a card that would be good, where declines are asked for. */
export const GENERIC_DECLINE: Refusal = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};
