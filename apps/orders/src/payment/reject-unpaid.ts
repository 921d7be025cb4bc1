import { OrderRejected, type OrderStatus, ReleaseStock, VoidPayment, type ordersService } from '@lethe/contracts';
import type { SagaStep } from '@lethe/outbox';
import type { DataOf } from '@lethe/topology';
import type { LockedOrder } from '../order/order.rows.js';
import { FIND_PAYMENT, type PaymentRow } from './payment.sql.js';

type Rejection = DataOf<typeof OrderRejected>;
export type RejectionReason = NonNullable<Rejection['detail']>;

/** What readers of before are told, who know two reasons. */
const COMES_TO: Readonly<Record<RejectionReason, Rejection['reason']>> = {
  'out-of-stock': 'out-of-stock',
  'payment-declined': 'payment-declined',
  'payment-timeout': 'payment-declined',
  'reservation-timeout': 'out-of-stock',
};

type Step = SagaStep<OrderStatus, 'rejected', typeof ordersService, LockedOrder>;

/**
 * Ends an order that is not paid, with all that undoes it: its stock is released and, where the provider may have set
 * money aside or taken it, the payment is voided.
 */
export async function rejectUnpaid({ tx, saga, become, emit }: Step, reason: RejectionReason): Promise<void> {
  const { id: orderId, placedAt, state } = saga;
  const address = { key: orderId };
  const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
  become('rejected', reason);
  emit(ReleaseStock, { orderId }, address);
  if (payment && payment.status !== 'declined' && payment.status !== 'voided') emit(VoidPayment, { orderId }, address);
  // An order that had its stock went without its money, whatever the time-out was called.
  const comesTo = state === 'reserved' ? 'payment-declined' : COMES_TO[reason];
  emit(OrderRejected, { orderId, placedAt, reason: comesTo, detail: reason }, address);
}
