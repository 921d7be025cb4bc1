import { AuthorizePayment, type RemindOrder, ReserveStock } from '@lethe/contracts';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderMissingError } from '../orders.errors.js';
import { OrderSaga } from './order.saga.js';
import { FIND_LINES, type OrderLinesRow } from './order.sql.js';

/**
 * The time-out of a step: an order that waits too long for stock or for its payment is asked about again, since the
 * message may lie in a dead-letter queue. Both commands may be repeated: catalog answers as it did, and the provider
 * charges once.
 */
export class RemindOfOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof RemindOrder>) {
    super();
  }
}

@CommandHandler(RemindOfOrder)
export class RemindOfOrderHandler implements ICommandHandler<RemindOfOrder> {
  private readonly logger = new Logger('RemindOfOrder');

  constructor(private readonly saga: OrderSaga) {}

  async execute({ message }: RemindOfOrder): Promise<void> {
    const { orderId, step } = message.data;
    const timer = { id: orderId, step };
    const answer = await this.saga.onTimeout(message, timer, {
      pending: async ({ tx, emit }) => {
        const [order] = await tx.query<OrderLinesRow>(FIND_LINES, [orderId]);
        if (!order) throw new OrderMissingError(orderId);
        emit(ReserveStock, { orderId, items: order.items }, { key: orderId });
      },
      reserved: ({ emit }) => {
        emit(AuthorizePayment, { orderId }, { key: orderId });
      },
    });
    if (answer.outcome === 'stayed') this.logger.warn(`order ${orderId} is overdue; its step was asked for again`);
  }
}
