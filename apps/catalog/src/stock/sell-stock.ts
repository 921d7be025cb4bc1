import type { MessageOf } from '@lethe/topology';
import type { OrderConfirmed } from '@lethe/contracts';
import { Inbox } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { NotReservedError } from '../catalog.errors.js';
import type { ReservationState } from './reservation.js';
import { FIND_RESERVATION_STATE, SELL_LINES, SELL_ORDER } from './stock.sql.js';

/** Turns what was set aside for a confirmed order into sales, once. Throws a {@link NotReservedError}. */
export class SellOrderStock extends Command<void> {
  constructor(readonly message: MessageOf<typeof OrderConfirmed>) {
    super();
  }
}

@CommandHandler(SellOrderStock)
export class SellStockHandler implements ICommandHandler<SellOrderStock> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ message }: SellOrderStock): Promise<void> {
    const { orderId } = message.data;
    await this.inbox.once(message, async (tx) => {
      const [sold] = await tx.query(SELL_ORDER, [orderId]);
      if (sold !== undefined) {
        await tx.query(SELL_LINES, [orderId]);
        return;
      }
      const [known] = await tx.query<{ state: ReservationState }>(FIND_RESERVATION_STATE, [orderId]);
      if (known?.state !== 'sold') throw new NotReservedError(orderId, known?.state);
    });
  }
}
