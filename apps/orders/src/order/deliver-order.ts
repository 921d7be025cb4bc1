import { type Order, OrderDelivered, type OrderStatus, type ordersService } from '@lethe/contracts';
import { type SagaStep, type Unit, UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderNotFoundError } from '../orders.errors.js';
import { assertCanBecome } from './order.js';
import { type LockedOrder, lockOrder, readOrder } from './order.rows.js';
import { OrderSaga } from './saga/order.saga.js';
import { MOMENT, type MomentRow } from './order.sql.js';

/**
 * The customer has the goods: from our parcel, or handed over elsewhere (over a counter, or in another shop whose history
 * is moved in). Of a delivered order it gives the order and does nothing. Throws an {@link OrderNotFoundError}, an
 * `IllegalTransitionError`.
 */
export class DeliverOrder extends Command<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

@CommandHandler(DeliverOrder)
export class DeliverOrderHandler implements ICommandHandler<DeliverOrder> {
  constructor(
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
  ) {}

  execute({ orderId }: DeliverOrder): Promise<Order> {
    return this.units.run(async (unit) => {
      const order = await lockOrder(unit.tx, orderId, null);
      if (!order) throw new OrderNotFoundError();
      if (order.state !== 'delivered') await deliver(unit, this.saga, order, 'deliver-order');
      const delivered = await readOrder(unit.tx, orderId, null);
      if (!delivered) throw new OrderNotFoundError();
      return delivered;
    });
  }
}

type Delivery = SagaStep<OrderStatus, 'delivered', typeof ordersService, LockedOrder>;

/**
 * Brings an order that the unit has locked to `delivered`, and on to partly refunded where some of its money went back on
 * the way. `request` is what is asked for, for the history. Throws an `IllegalTransitionError`.
 */
export async function deliver(
  unit: Unit<typeof ordersService>,
  saga: OrderSaga,
  order: LockedOrder,
  request: string,
): Promise<void> {
  assertCanBecome(order.state, 'delivered');
  const { id: orderId, placedAt } = order;
  const step = async ({ tx, become, emit }: Delivery): Promise<void> => {
    const [now] = await tx.query<MomentRow>(MOMENT, [orderId]);
    become(now?.refunded ? ['delivered', 'partly-refunded'] : 'delivered');
    const deliveredAt = (now?.at ?? new Date()).toISOString();
    emit(OrderDelivered, { orderId, placedAt, deliveredAt }, { key: orderId });
  };
  await saga.advance(unit, order, request, { confirmed: step, shipped: step });
}
