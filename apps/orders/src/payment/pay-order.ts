import {
  type AuthorizePayment,
  OrderConfirmed,
  OrderRejected,
  type OrderStatus,
  ReleaseStock,
  VoidPayment,
  type ordersService,
} from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import type { SagaStep } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { LockedOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/order.saga.js';
import { CAPTURE_PAYMENT, type OrderLinesRow } from '../order/order.sql.js';
import { OrderMissingError } from '../orders.errors.js';
import { type ChargeOutcome, ChargeGateway } from './charge.gateway.js';
import { type DuePaymentRow, FIND_PAYMENT, type PaymentRow, REQUEST_PAYMENT, SETTLE_PAYMENT } from './payment.sql.js';

type Step<To extends OrderStatus> = SagaStep<OrderStatus, To, typeof ordersService, LockedOrder>;

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
    private readonly saga: OrderSaga,
    private readonly gateway: ChargeGateway,
  ) {}

  async execute({ message }: PayOrder): Promise<void> {
    const { orderId } = message.data;
    const [due] = await this.database.query<DuePaymentRow>(REQUEST_PAYMENT, [orderId]);
    // Paid, rejected or cancelled meanwhile. Whoever cancelled it after we had asked also sent VoidPayment.
    if (!due) return;
    const { total, currency, payment_token: paymentToken } = due;
    const outcome = await this.gateway.charge({ orderId, total: money(total, currency), paymentToken });
    await this.saga.onMessage(message, orderId, {
      reserved: (step) => (outcome.status === 'captured' ? this.confirm(step, outcome.chargeId) : this.reject(step)),
      cancelled: (step) => this.giveBack(step, outcome),
    });
  }

  private async confirm({ tx, saga, become, emit }: Step<'paid'>, chargeId: string): Promise<void> {
    const { id: orderId, placedAt, total } = saga;
    const [order] = await tx.query<OrderLinesRow>(CAPTURE_PAYMENT, [orderId, chargeId]);
    if (!order) throw new OrderMissingError(orderId);
    become(['paid', 'confirmed']);
    const data = { orderId, placedAt, confirmedAt: order.at.toISOString(), total, items: order.items };
    emit(OrderConfirmed, data, { key: orderId });
  }

  private async reject({ tx, saga, become, emit }: Step<'rejected'>): Promise<void> {
    const { id: orderId, placedAt } = saga;
    const reason = 'payment-declined';
    await tx.query(SETTLE_PAYMENT, [orderId, 'declined', null]);
    become('rejected', reason);
    emit(ReleaseStock, { orderId }, { key: orderId });
    emit(OrderRejected, { orderId, placedAt, reason }, { key: orderId });
  }

  /** The order was cancelled while the provider was asked. Money that was taken goes back, by a command of its own. */
  private async giveBack({ tx, saga: { id: orderId }, emit }: Step<never>, outcome: ChargeOutcome): Promise<void> {
    const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    if (!payment || (payment.charge_id !== null && payment.status !== 'requested')) return;
    if (outcome.status === 'declined') {
      await tx.query(SETTLE_PAYMENT, [orderId, 'declined', null]);
      return;
    }
    await tx.query(SETTLE_PAYMENT, [orderId, 'captured', outcome.chargeId]);
    emit(VoidPayment, { orderId }, { key: orderId });
  }
}
