import type { OrderReturned } from '@lethe/contracts';
import { Inbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RECORD_RETURN } from './order.sql.js';

/** Adds goods that came back to what is known, once per message and once per return. */
export class RecordReturn extends Command<void> {
  constructor(readonly message: MessageOf<typeof OrderReturned>) {
    super();
  }
}

@CommandHandler(RecordReturn)
export class RecordReturnHandler implements ICommandHandler<RecordReturn> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ message }: RecordReturn): Promise<void> {
    const { returnId, orderId, placedAt, returnedAt, items } = message.data;
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    await this.inbox.once(message, async (tx) => {
      await tx.query(RECORD_RETURN, [returnId, orderId, placedAt, returnedAt, units]);
    });
  }
}
