import { type Order, StartWorkflow, type ordersService } from '@lethe/contracts';
import { type Unit, UnitOfWork } from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { assertCanBecome } from '../order/order.js';
import { type LockedOrder, lockOrder, readOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/saga/order.saga.js';
import { OrderNotFoundError } from '../orders.errors.js';
import { type WorkflowTerms, fulfilmentOf } from '../workflow/workflow-inputs.js';
import { OPEN_SHIPMENT } from './fulfilment.sql.js';

/**
 * The staff hands a confirmed order to the warehouse, and its fulfilment begins; of one that is there already it gives the
 * order and does nothing. Throws an {@link OrderNotFoundError}, an `IllegalTransitionError`.
 */
export class ReleaseOrder extends Command<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

@CommandHandler(ReleaseOrder)
export class ReleaseOrderHandler implements ICommandHandler<ReleaseOrder> {
  constructor(
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
    @Inject(CONFIG) private readonly terms: WorkflowTerms,
  ) {}

  execute({ orderId }: ReleaseOrder): Promise<Order> {
    return this.units.run(async (unit) => {
      const order = await lockOrder(unit.tx, orderId, null);
      if (!order) throw new OrderNotFoundError();
      if (order.state !== 'fulfilling') await this.release(unit, order);
      const released = await readOrder(unit.tx, orderId, null);
      if (!released) throw new OrderNotFoundError();
      return released;
    });
  }

  private async release(unit: Unit<typeof ordersService>, order: LockedOrder): Promise<void> {
    assertCanBecome(order.state, 'fulfilling');
    await this.saga.advance(unit, order, 'release-order', {
      confirmed: async ({ tx, become, emit }) => {
        become('fulfilling');
        await tx.query(OPEN_SHIPMENT, [order.id]);
        emit(StartWorkflow, fulfilmentOf(order, this.terms), { key: order.id });
      },
    });
  }
}
