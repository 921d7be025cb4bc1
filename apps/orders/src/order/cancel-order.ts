import { type Order, OrderCancelled, ReleaseStock, VoidPayment, type ordersService } from '@lethe/contracts';
import { type Unit, UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderNotFoundError } from '../orders.errors.js';
import { FIND_PAYMENT, type PaymentRow } from '../payment/payment.sql.js';
import { assertCanBecome } from './order.js';
import { type LockedOrder, lockOrder, readOrder } from './order.rows.js';
import { OrderSaga } from './saga/order.saga.js';

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
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
  ) {}

  execute({ orderId, customerId }: CancelOrder): Promise<Order> {
    return this.units.run(async (unit) => {
      const order = await lockOrder(unit.tx, orderId, customerId);
      if (!order) throw new OrderNotFoundError();
      if (order.state !== 'cancelled') await this.cancel(unit, order);
      const cancelled = await readOrder(unit.tx, orderId, customerId);
      if (!cancelled) throw new OrderNotFoundError();
      return cancelled;
    });
  }

  private async cancel(unit: Unit<typeof ordersService>, order: LockedOrder): Promise<void> {
    assertCanBecome(order.state, 'cancelled');
    const cancel = async ({ become }: { become: (to: 'cancelled') => void }): Promise<void> => {
      become('cancelled');
      await this.compensate(unit, order);
    };
    await this.saga.advance(unit, order, 'cancel-order', { pending: cancel, reserved: cancel });
  }

  /** Gives back what may have been taken: stock set aside, and money, where the provider was already asked for it. */
  private async compensate({ tx, emit }: Unit<typeof ordersService>, order: LockedOrder): Promise<void> {
    const { id: orderId, placedAt } = order;
    const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    const address = { key: orderId };
    emit(ReleaseStock, { orderId }, address);
    if (payment) emit(VoidPayment, { orderId }, address);
    emit(OrderCancelled, { orderId, placedAt }, address);
  }
}
