import { OrderRejected, type StockRejected } from '@lethe/contracts';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderSaga } from './order.saga.js';

/** There is not enough stock: the order ends. Nothing was set aside, so nothing is given back. */
export class RejectOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof StockRejected>) {
    super();
  }
}

@CommandHandler(RejectOrder)
export class RejectOrderHandler implements ICommandHandler<RejectOrder> {
  constructor(private readonly saga: OrderSaga) {}

  async execute({ message }: RejectOrder): Promise<void> {
    const { orderId } = message.data;
    await this.saga.onMessage(message, orderId, {
      pending: ({ saga: { placedAt }, become, emit }) => {
        const reason = 'out-of-stock';
        become('rejected', reason);
        emit(OrderRejected, { orderId, placedAt, reason }, { key: orderId });
      },
    });
  }
}
