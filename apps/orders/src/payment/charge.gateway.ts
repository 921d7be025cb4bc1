import type { Money } from '@lethe/kernel';

/** What is to be paid, and by what. */
export interface ChargeRequest {
  /** Names the purchase, and is the idempotency key: one order is charged at most once, however often it is asked. */
  readonly orderId: string;
  readonly total: Money;
  /** Names a payment method at the provider. */
  readonly paymentToken: string;
}

/** The provider's final word on a charge. */
export type ChargeOutcome =
  | { readonly status: 'captured'; readonly chargeId: string }
  | { readonly status: 'declined'; readonly code: string };

/** What the provider knows of an order. */
export type KnownCharge =
  | { readonly status: 'captured' | 'refunded'; readonly chargeId: string }
  | { readonly status: 'failed' };

/** The earlier port to a payment provider, which charges at once; it goes when nobody uses it. Also the injection token. */
export abstract class ChargeGateway {
  /**
   * Takes the money, once per order. Throws a `PaymentOutcomeUnknownError` where the outcome is unknown (asking again is
   * safe), a `PaymentRefusedError` where the provider finds fault with the request itself.
   */
  abstract charge(request: ChargeRequest): Promise<ChargeOutcome>;
  /** Gives the money back; once given back, does nothing. Throws as `charge` does. */
  abstract refund(chargeId: string): Promise<void>;
  /** What became of the order's charge; undefined where the provider has none. Throws as `charge` does. */
  abstract find(orderId: string): Promise<KnownCharge | undefined>;
}
