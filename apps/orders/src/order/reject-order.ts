import { OrderRejected, type StockRejected, type ordersService } from '@lethe/contracts';
import { Inbox, Outbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { advanceOrder, lockKnownOrder } from './order.rows.js';

/** There is not enough stock: the order ends. Nothing was set aside, so nothing is given back. */
export class RejectOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof StockRejected>) {
    super();
  }
}

@CommandHandler(RejectOrder)
export class RejectOrderHandler implements ICommandHandler<RejectOrder> {
  constructor(
    private readonly inbox: Inbox,
    private readonly outbox: Outbox<typeof ordersService>,
  ) {}

  async execute({ message }: RejectOrder): Promise<void> {
    const { orderId } = message.data;
    await this.inbox.once(message, async (tx) => {
      const order = await lockKnownOrder(tx, orderId);
      if (order.status !== 'pending') return;
      const reason = 'out-of-stock';
      await advanceOrder(tx, order, 'rejected', reason);
      await this.outbox.add(tx, OrderRejected, { orderId, placedAt: order.placedAt, reason }, { key: orderId });
    });
  }
}
