import type { Money } from '@lethe/kernel';

/** How things stand with a payment, in the provider's words brought to ours. */
export type PaymentState =
  /** The customer has to go to `actionUrl` and prove who they are (3-D Secure). */
  | { readonly status: 'requires-action'; readonly paymentId: string; readonly actionUrl: string }
  /** The provider does not know yet. */
  | { readonly status: 'processing'; readonly paymentId: string }
  /** The money is set aside. */
  | { readonly status: 'authorized'; readonly paymentId: string; readonly amount: Money }
  /** The money is taken: `amount`, of which `refunded` was given back. */
  | { readonly status: 'captured'; readonly paymentId: string; readonly amount: Money; readonly refunded: Money }
  /** Nothing is set aside any more, and nothing was taken. */
  | { readonly status: 'voided'; readonly paymentId: string }
  /** Refused, `code` says why; nothing is set aside. */
  | { readonly status: 'declined'; readonly paymentId?: string; readonly code: string };

/** A refund as the provider has it. */
export interface ProviderRefund {
  /** The provider's id. */
  readonly id: string;
  /** `pending` becomes one of the others later; a notice tells. */
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly paymentId: string;
  readonly amount: Money;
  /** Our id, where the refund is one of ours. */
  readonly refundId?: string;
  readonly orderId?: string;
  readonly createdAt: Date;
}

/** A payment as the provider's list has it, for reconciliation. */
export interface ProviderPayment {
  readonly paymentId: string;
  /** Undefined: not one of ours. */
  readonly orderId?: string;
  /** What was asked for. */
  readonly asked: Money;
  readonly state: PaymentState;
  /** To the second. */
  readonly createdAt: Date;
}

/** A webhook of the provider. */
export interface PaymentNotice {
  /** The provider's id of the event; the same at each delivery. */
  readonly id: string;
  /** The provider's name of what happened, such as `payment_intent.amount_capturable_updated`. */
  readonly type: string;
  readonly paymentId: string;
  readonly orderId: string;
  /** Ours, where the notice is about a refund. */
  readonly refundId?: string;
}
