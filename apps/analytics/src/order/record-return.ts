import type { OrderReturned } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LakeLog } from '../lake/lake-log.js';
import { returnEvents } from '../lake/order-events.js';
import { noteEvents } from '../window/note-events.js';
import { RECORD_RETURN } from './order.sql.js';

/** Adds goods that came back to what is known, once per message and once per return. */
export class RecordReturn extends Command<void> {
  constructor(readonly message: MessageOf<typeof OrderReturned>) {
    super();
  }
}

@CommandHandler(RecordReturn)
export class RecordReturnHandler implements ICommandHandler<RecordReturn> {
  constructor(
    private readonly units: UnitOfWork,
    private readonly lake: LakeLog,
  ) {}

  async execute({ message }: RecordReturn): Promise<void> {
    const { returnId, orderId, placedAt, returnedAt, items } = message.data;
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    await this.units.onceEach(
      [message],
      () => Promise.resolve(),
      async ({ tx }, fresh) => {
        const times = fresh.map(({ data }) => new Date(data.returnedAt));
        await Promise.all([
          ...fresh.map(() => tx.query(RECORD_RETURN, [returnId, orderId, placedAt, returnedAt, units])),
          this.lake.append(tx, fresh.flatMap(returnEvents)),
          noteEvents(tx, { source: 'orders', times, duplicates: 1 - fresh.length }),
        ]);
      },
    );
  }
}
