import type { Money } from '@lethe/kernel';
import type { PaymentNotice, PaymentState, ProviderPayment, ProviderRefund } from './payment.state.js';

/** What is to be paid, and by what. */
export interface AuthorizeRequest {
  readonly orderId: string;
  readonly total: Money;
  /** Names a payment method at the provider: `tok_…` or `pm_…`. */
  readonly paymentToken: string;
  /** Where the provider sends the customer back to after its own page (3-D Secure). */
  readonly returnUrl?: string;
}

/** What is to be given back. */
export interface RefundRequest {
  readonly paymentId: string;
  readonly amount: Money;
  /** Ours; the provider keeps it, and {@link PaymentGateway.refundsOf} tells it. */
  readonly refundId: string;
  readonly orderId: string;
}

/** Whose payment is looked for. */
export interface FindRequest {
  readonly orderId: string;
  /** The provider's id, where it is known: one call. */
  readonly paymentId?: string;
  /** Otherwise the payments made from this moment on are looked through… */
  readonly since: Date;
  /** …to this one. Default: until now. Whoever knows when the provider was last asked spares it a long list. */
  readonly until?: Date;
}

/** From when to when, both included, to the second. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The port to a payment provider. Also the injection token.
 *
 * Every call throws a `PaymentOutcomeUnknownError` where no answer came or one that does not settle the matter: what
 * was asked for may have happened, and is asked again by the same key or looked for by {@link find} and
 * {@link refundsOf}. It throws a `PaymentRefusedError` where the provider finds fault with the request itself: nothing
 * happened, and a retry cannot mend it.
 *
 * A key makes its operation happen at most once while the provider remembers it: 24 hours at Stripe
 * (https://docs.stripe.com/api/idempotent_requests). Older than that, only ask.
 */
export abstract class PaymentGateway {
  /** Has the money set aside, not taken. A declined card is an answer. */
  abstract authorize(request: AuthorizeRequest, key: string): Promise<PaymentState>;
  /** Takes what was set aside. What is captured, voided or declined already stays so, and the answer says it. */
  abstract capture(paymentId: string, key: string): Promise<PaymentState>;
  /** Lets go of what was set aside, or of an attempt to. What is captured stays so, and the answer says it. */
  abstract void(paymentId: string, key: string): Promise<PaymentState>;
  /** Gives back some of what was captured. Refused where that is more than is left. */
  abstract refund(request: RefundRequest, key: string): Promise<ProviderRefund>;
  /** What became of an order's payment; undefined where the provider has none. Where it has several, the one that took money. */
  abstract find(request: FindRequest): Promise<PaymentState | undefined>;
  /** Everything given back of one payment. */
  abstract refundsOf(paymentId: string): Promise<ProviderRefund[]>;
  /** All payments made in a period, newest first, page by page. */
  abstract payments(period: Period): AsyncIterable<ProviderPayment>;
  /** All refunds made in a period, newest first, page by page. */
  abstract refunds(period: Period): AsyncIterable<ProviderRefund>;
  /**
   * What the provider's webhook tells, once its signature is found good; undefined where it is about nothing of ours.
   * A hint to ask, and not more: it may be late, doubled or out of order. Throws an `InvalidSignatureError`.
   */
  abstract notice(rawBody: Buffer, signature: string): PaymentNotice | undefined;
}
