import type { OrderRefunded } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LakeLog } from '../lake/lake-log.js';
import { refundEvents } from '../lake/order-events.js';
import { noteEvents } from '../window/note-events.js';
import { RECORD_REFUND } from './order.sql.js';

/** Adds money that went back to what is known, once per message and once per refund. */
export class RecordRefund extends Command<void> {
  constructor(readonly message: MessageOf<typeof OrderRefunded>) {
    super();
  }
}

@CommandHandler(RecordRefund)
export class RecordRefundHandler implements ICommandHandler<RecordRefund> {
  constructor(
    private readonly units: UnitOfWork,
    private readonly lake: LakeLog,
  ) {}

  async execute({ message }: RecordRefund): Promise<void> {
    const { refundId, orderId, placedAt, refundedAt, amount, full } = message.data;
    const values = [refundId, orderId, placedAt, refundedAt, amount.amount, amount.currency, full];
    await this.units.onceEach(
      [message],
      () => Promise.resolve(),
      async ({ tx }, fresh) => {
        const times = fresh.map(({ data }) => new Date(data.refundedAt));
        await Promise.all([
          ...fresh.map(() => tx.query(RECORD_REFUND, values)),
          this.lake.append(tx, fresh.flatMap(refundEvents)),
          noteEvents(tx, { source: 'orders', times, duplicates: 1 - fresh.length }),
        ]);
      },
    );
  }
}
