import { PaymentOutcomeUnknownError } from '../orders.errors.js';

/**
 * Milliseconds after which a request that was not sent yet is not sent any more. Far more than a handler takes, far less
 * than the provider remembers a key for.
 */
const HELD_UP_MS = 600_000;

/**
 * For just before the provider is asked for something, by a key: a process that stood still for a day must not ask for what
 * others have asked for meanwhile, once the key is forgotten. `since` is when the database said that it is due. Throws a
 * {@link PaymentOutcomeUnknownError}: the next delivery looks how things stand.
 */
export function assertNotHeldUp(operation: 'authorize' | 'refund', reference: string, since: Date): void {
  const heldUpMs = Date.now() - since.getTime();
  if (heldUpMs <= HELD_UP_MS) return;
  throw new PaymentOutcomeUnknownError(operation, reference, `not sent: it was held up for ${heldUpMs} ms`);
}
