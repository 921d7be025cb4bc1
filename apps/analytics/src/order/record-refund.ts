import type { OrderRefunded } from '@lethe/contracts';
import { Inbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RECORD_REFUND } from './order.sql.js';

/** Adds money that went back to what is known, once per message and once per refund. */
export class RecordRefund extends Command<void> {
  constructor(readonly message: MessageOf<typeof OrderRefunded>) {
    super();
  }
}

@CommandHandler(RecordRefund)
export class RecordRefundHandler implements ICommandHandler<RecordRefund> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ message }: RecordRefund): Promise<void> {
    const { refundId, orderId, placedAt, refundedAt, amount, full } = message.data;
    const values = [refundId, orderId, placedAt, refundedAt, amount.amount, amount.currency, full];
    await this.inbox.once(message, async (tx) => {
      await tx.query(RECORD_REFUND, values);
    });
  }
}
