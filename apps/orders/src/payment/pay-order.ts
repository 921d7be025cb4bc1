import {
  type AuthorizePayment,
  OrderConfirmed,
  OrderRejected,
  ReleaseStock,
  VoidPayment,
  type ordersService,
} from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { money } from '@lethe/kernel';
import { Inbox, Outbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { assertCanBecome } from '../order/order.js';
import { type LockedOrder, advanceOrder, lockKnownOrder } from '../order/order.rows.js';
import { CONFIRM_ORDER, type ConfirmedRow } from '../order/order.sql.js';
import { OrderMissingError } from '../orders.errors.js';
import { type ChargeOutcome, PaymentGateway } from './payment.gateway.js';
import { type DuePaymentRow, FIND_PAYMENT, type PaymentRow, REQUEST_PAYMENT, SETTLE_PAYMENT } from './payment.sql.js';

/**
 * Charges a reserved order and brings it to its end. Where the outcome of the charge is unknown it throws, and the next
 * delivery asks again by the same key: the provider charges an order at most once.
 */
export class PayOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof AuthorizePayment>) {
    super();
  }
}

@CommandHandler(PayOrder)
export class PayOrderHandler implements ICommandHandler<PayOrder> {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox<typeof ordersService>,
    private readonly gateway: PaymentGateway,
  ) {}

  async execute({ message }: PayOrder): Promise<void> {
    const { orderId } = message.data;
    const [due] = await this.database.query<DuePaymentRow>(REQUEST_PAYMENT, [orderId]);
    // Paid, rejected or cancelled meanwhile. Whoever cancelled it after we had asked also sent VoidPayment.
    if (!due) return;
    const { total, currency, payment_token: paymentToken } = due;
    const outcome = await this.gateway.charge({ orderId, total: money(total, currency), paymentToken });
    await this.inbox.once(message, async (tx) => {
      const order = await lockKnownOrder(tx, orderId);
      if (order.status === 'reserved' && outcome.status === 'captured') await this.confirm(tx, order, outcome.chargeId);
      else if (order.status === 'reserved') await this.reject(tx, order);
      else if (order.status === 'cancelled') await this.giveBack(tx, order, outcome);
    });
  }

  private async confirm(tx: Tx, order: LockedOrder, chargeId: string): Promise<void> {
    assertCanBecome(order.status, 'paid');
    assertCanBecome('paid', 'confirmed');
    await tx.query(SETTLE_PAYMENT, [order.id, 'captured', chargeId]);
    const [confirmed] = await tx.query<ConfirmedRow>(CONFIRM_ORDER, [order.id]);
    if (!confirmed) throw new OrderMissingError(order.id);
    const { id: orderId, placedAt, total } = order;
    const data = { orderId, placedAt, confirmedAt: confirmed.at.toISOString(), total, items: confirmed.items };
    await this.outbox.add(tx, OrderConfirmed, data, { key: orderId });
  }

  private async reject(tx: Tx, order: LockedOrder): Promise<void> {
    const { id: orderId, placedAt } = order;
    const reason = 'payment-declined';
    await tx.query(SETTLE_PAYMENT, [orderId, 'declined', null]);
    await advanceOrder(tx, order, 'rejected', reason);
    await this.outbox.addAll(tx, [
      this.outbox.row(ReleaseStock, { orderId }, { key: orderId }),
      this.outbox.row(OrderRejected, { orderId, placedAt, reason }, { key: orderId }),
    ]);
  }

  /** The order was cancelled while the provider was asked. Money that was taken goes back, by a command of its own. */
  private async giveBack(tx: Tx, { id: orderId }: LockedOrder, outcome: ChargeOutcome): Promise<void> {
    const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    if (!payment || (payment.charge_id !== null && payment.status !== 'requested')) return;
    if (outcome.status === 'declined') {
      await tx.query(SETTLE_PAYMENT, [orderId, 'declined', null]);
      return;
    }
    await tx.query(SETTLE_PAYMENT, [orderId, 'captured', outcome.chargeId]);
    await this.outbox.add(tx, VoidPayment, { orderId }, { key: orderId });
  }
}
