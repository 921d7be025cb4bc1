/** A refusal in the form of Stripe's error object: what the caller gets as `{ error: { type, code, message } }`. */
export class PaymentError extends Error {
  override readonly name = 'PaymentError';
  constructor(
    readonly status: number,
    readonly type: 'card_error' | 'idempotency_error' | 'invalid_request_error',
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The journal of charges cannot be read or written. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}
