import { AuthorizePayment, ReleaseStock, type StockReserved, type ordersService } from '@lethe/contracts';
import type { Unit } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderSaga } from './order.saga.js';

/** Stock is set aside: ask for the money. Of an order that ended meanwhile, give the stock back. */
export class ReserveOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof StockReserved>) {
    super();
  }
}

@CommandHandler(ReserveOrder)
export class ReserveOrderHandler implements ICommandHandler<ReserveOrder> {
  constructor(private readonly saga: OrderSaga) {}

  async execute({ message }: ReserveOrder): Promise<void> {
    const { orderId } = message.data;
    const giveBack = ({ emit }: Unit<typeof ordersService>) => {
      emit(ReleaseStock, { orderId }, { key: orderId });
    };
    await this.saga.onMessage(message, orderId, {
      pending: ({ become, emit }) => {
        become('reserved');
        emit(AuthorizePayment, { orderId }, { key: orderId });
      },
      cancelled: giveBack,
      rejected: giveBack,
    });
  }
}
