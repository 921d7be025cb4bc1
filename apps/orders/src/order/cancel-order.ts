import { type Order, OrderCancelled, ReleaseStock, VoidPayment, type ordersService } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { Outbox } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderNotFoundError } from '../orders.errors.js';
import { FIND_PAYMENT, type PaymentRow } from '../payment/payment.sql.js';
import { advanceOrder, lockOrder, readOrder } from './order.rows.js';

/**
 * Withdraws an order that is not paid yet; of a cancelled one it gives the order and does nothing. `customerId` null
 * for whoever may touch any order. Throws an {@link OrderNotFoundError}, or an `IllegalTransitionError` once it is paid.
 */
export class CancelOrder extends Command<Order> {
  constructor(
    readonly orderId: string,
    readonly customerId: string | null,
  ) {
    super();
  }
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox<typeof ordersService>,
  ) {}

  execute({ orderId, customerId }: CancelOrder): Promise<Order> {
    return this.database.transaction(async (tx) => {
      const order = await lockOrder(tx, orderId, customerId);
      if (!order) throw new OrderNotFoundError();
      if (order.status !== 'cancelled') {
        await advanceOrder(tx, order, 'cancelled');
        await this.tell(tx, orderId, order.placedAt);
      }
      const cancelled = await readOrder(tx, orderId, customerId);
      if (!cancelled) throw new OrderNotFoundError();
      return cancelled;
    });
  }

  /** Compensates what may have been done: stock set aside, and money, where the provider was already asked for it. */
  private async tell(tx: Tx, orderId: string, placedAt: string): Promise<void> {
    const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    const address = { key: orderId };
    await this.outbox.addAll(tx, [
      this.outbox.row(ReleaseStock, { orderId }, address),
      ...(payment ? [this.outbox.row(VoidPayment, { orderId }, address)] : []),
      this.outbox.row(OrderCancelled, { orderId, placedAt }, address),
    ]);
  }
}
