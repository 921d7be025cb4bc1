/** What Stripe's error object may further say (https://docs.stripe.com/api/errors). */
export interface RefusalDetails {
  readonly param?: string;
  readonly declineCode?: string;
}

/** A refusal in the form of Stripe's error object: what the caller gets as `{ error: { type, code, message } }`. */
export class PaymentError extends Error {
  override readonly name = 'PaymentError';
  constructor(
    readonly status: number,
    readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error',
    readonly code: string | undefined,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** The journal cannot be read or written. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Nothing is listening at the webhook's address, or it answered something other than 2xx. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
}
