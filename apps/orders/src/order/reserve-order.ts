import { AuthorizePayment, ReleaseStock, type StockReserved, type ordersService } from '@lethe/contracts';
import { Inbox, Outbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { advanceOrder, lockKnownOrder } from './order.rows.js';

/** Stock is set aside: ask for the money. Of an order that ended meanwhile, give the stock back. */
export class ReserveOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof StockReserved>) {
    super();
  }
}

@CommandHandler(ReserveOrder)
export class ReserveOrderHandler implements ICommandHandler<ReserveOrder> {
  constructor(
    private readonly inbox: Inbox,
    private readonly outbox: Outbox<typeof ordersService>,
  ) {}

  async execute({ message }: ReserveOrder): Promise<void> {
    const { orderId } = message.data;
    await this.inbox.once(message, async (tx) => {
      const order = await lockKnownOrder(tx, orderId);
      if (order.status === 'pending') {
        await advanceOrder(tx, order, 'reserved');
        await this.outbox.add(tx, AuthorizePayment, { orderId }, { key: orderId });
      } else if (order.status === 'cancelled' || order.status === 'rejected') {
        await this.outbox.add(tx, ReleaseStock, { orderId }, { key: orderId });
      }
    });
  }
}
