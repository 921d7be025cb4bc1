import { OrderRefunded, type OrderStatus, type ordersService } from '@lethe/contracts';
import { money } from '@lethe/kernel';
import type { SagaAnswer, SagaStep } from '@lethe/outbox';
import type { Message } from '@lethe/topology';
import type { LockedOrder } from '../order/order.rows.js';
import type { OrderSaga } from '../order/saga/order.saga.js';
import { SETTLE_REFUND, type SettledRefundRow } from './refund.sql.js';

/** The provider's final word on a refund. */
export interface RefundOutcome {
  readonly status: 'succeeded' | 'failed';
  readonly providerRefundId?: string;
}

type Step<To extends OrderStatus> = SagaStep<OrderStatus, To, typeof ordersService, LockedOrder>;

/**
 * Writes down what became of a refund, once per message and once per refund, and moves the order in the same commit:
 * refunded when all that was paid went back, else partly refunded once it was delivered. One that failed leaves the order
 * where it is, and its money may be claimed again. `message` is what is handled: the history names it.
 */
export function settleRefund(
  saga: OrderSaga,
  message: Pick<Message, 'id' | 'type'>,
  { orderId, refundId }: { readonly orderId: string; readonly refundId: string },
  outcome: RefundOutcome,
): Promise<SagaAnswer<OrderStatus>> {
  const onItsWay = async (step: Step<'refunded'>): Promise<void> => {
    const settled = await settle(step, refundId, outcome);
    if (settled?.full === true) step.become('refunded');
  };
  const delivered = async (step: Step<'refunded' | 'partly-refunded'>): Promise<void> => {
    const settled = await settle(step, refundId, outcome);
    if (settled !== undefined) step.become(settled.full ? 'refunded' : 'partly-refunded');
  };
  return saga.onMessage(message, orderId, {
    confirmed: onItsWay,
    fulfilling: onItsWay,
    shipped: onItsWay,
    delivered,
    returned: delivered,
    'partly-refunded': delivered,
  });
}

/** Undefined where no money went back now. */
async function settle(
  { tx, saga: order, emit }: Step<never>,
  refundId: string,
  { status, providerRefundId }: RefundOutcome,
): Promise<{ readonly full: boolean } | undefined> {
  const [row] = await tx.query<SettledRefundRow>(SETTLE_REFUND, [refundId, status, providerRefundId ?? null]);
  if (row === undefined || status === 'failed') return undefined;
  const full = row.refunded === row.total;
  const inCurrency = (amount: number) => money(amount, order.total.currency);
  emit(
    OrderRefunded,
    {
      orderId: order.id,
      refundId,
      placedAt: order.placedAt,
      refundedAt: row.settled_at.toISOString(),
      amount: inCurrency(row.amount),
      items: row.items.map(({ amount, ...line }) => ({ ...line, amount: inCurrency(amount) })),
      full,
    },
    { key: order.id },
  );
  return { full };
}
