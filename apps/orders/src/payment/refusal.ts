import { PaymentRefusedError } from '../orders.errors.js';

/**
 * Answers by which the provider says that what it was asked for cannot be. Any other, as to a key of ours that it does not
 * know, is about us, and another try may have another answer.
 */
const IMPOSSIBLE: ReadonlySet<number> = new Set([400, 402, 404]);

/** Whether the provider refused for good what it was asked for. */
export function isRefusal(error: unknown): error is PaymentRefusedError {
  return error instanceof PaymentRefusedError && IMPOSSIBLE.has(error.status);
}
