import type { MessageOf } from '@lethe/topology';
import { ReserveStock, StockRejected, StockReserved, type catalogService } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { Inbox, Outbox } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductCache } from '../product/product-cache.js';
import {
  type ReservationState,
  type ShelfLine,
  type Shortage,
  type WantedLine,
  mergeLines,
  shortagesOf,
} from './reservation.js';
import { CLAIM_ORDER, FIND_RESERVATION_STATE, LOCK_SHELF, REJECT_ORDER, RESERVE_LINES } from './stock.sql.js';

/** Sets stock aside for an order, all lines or none, and says which in the same commit. */
export class ReserveOrderStock extends Command<void> {
  constructor(readonly message: MessageOf<typeof ReserveStock>) {
    super();
  }
}

interface KnownOrder {
  readonly state: ReservationState;
  readonly shortages: Shortage[] | null;
}

@CommandHandler(ReserveOrderStock)
export class ReserveStockHandler implements ICommandHandler<ReserveOrderStock> {
  constructor(
    private readonly inbox: Inbox,
    private readonly outbox: Outbox<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ message }: ReserveOrderStock): Promise<void> {
    const lines = mergeLines(message.data.items);
    const moved = await this.inbox.once(message, (tx) => this.#reserve(tx, message.data.orderId, lines));
    // A message that comes again may be that of a replica which died before it forgot: it costs little to do it twice.
    if (moved !== false) await this.products.changed(lines.map(({ productId }) => productId));
  }

  /** Whether stock was set aside. */
  async #reserve(tx: Tx, orderId: string, lines: readonly WantedLine[]): Promise<boolean> {
    const productIds = lines.map(({ productId }) => productId);
    const [[claimed], shelf] = await Promise.all([
      tx.query<{ order_id: string }>(CLAIM_ORDER, [orderId]),
      tx.query<ShelfLine>(LOCK_SHELF, [productIds]),
    ]);
    if (claimed === undefined) {
      await this.#answerAgain(tx, orderId);
      return false;
    }
    const shortages = shortagesOf(lines, shelf);
    if (shortages.length === 0) {
      await tx.query(RESERVE_LINES, [orderId, productIds, lines.map(({ quantity }) => quantity)]);
      await this.#sayReserved(tx, orderId);
    } else {
      await tx.query(REJECT_ORDER, [orderId, JSON.stringify(shortages)]);
      await this.#sayRejected(tx, orderId, shortages);
    }
    return shortages.length === 0;
  }

  /** The same order in another message: the same answer, no effect. A released order is over; nobody waits for one. */
  async #answerAgain(tx: Tx, orderId: string): Promise<void> {
    const [known] = await tx.query<KnownOrder>(FIND_RESERVATION_STATE, [orderId]);
    if (known?.state === 'rejected') await this.#sayRejected(tx, orderId, known.shortages ?? []);
    else if (known?.state === 'reserved' || known?.state === 'sold') await this.#sayReserved(tx, orderId);
  }

  async #sayReserved(tx: Tx, orderId: string): Promise<void> {
    await this.outbox.add(tx, StockReserved, { orderId }, { key: orderId });
  }

  async #sayRejected(tx: Tx, orderId: string, shortages: Shortage[]): Promise<void> {
    await this.outbox.add(tx, StockRejected, { orderId, shortages }, { key: orderId });
  }
}
