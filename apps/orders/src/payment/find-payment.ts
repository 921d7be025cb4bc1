import type { PaymentGateway } from './payment.gateway.js';
import type { PaymentRow } from './payment.sql.js';
import type { PaymentState } from './payment.state.js';

/**
 * How long a request to the provider may still be on its way after we gave up on it. Younger than that, "no such
 * payment" may mean "not yet".
 */
export const SETTLE_MS = 30_000;

/** Asks the provider what became of an order's payment; undefined where it has none. Throws as the gateway does. */
export function findPayment(
  gateway: PaymentGateway,
  orderId: string,
  { paymentId, firstAsked, lastAsked }: Pick<PaymentRow, 'paymentId' | 'firstAsked' | 'lastAsked'>,
): Promise<PaymentState | undefined> {
  if (paymentId !== null) return gateway.find({ orderId, paymentId, since: firstAsked });
  return gateway.find({ orderId, since: firstAsked, until: new Date(lastAsked.getTime() + SETTLE_MS) });
}
