import { BackInStock, type RestockReturn, type catalogService } from '@lethe/contracts';
import { currentActor, formatActor } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductCache } from '../../product/cache/product-cache.js';
import { type ReservationState, mergeLines } from '../reservation.js';
import { CLAIM_RETURN, RESTOCK_LINES } from './restock.sql.js';
import { FIND_RESERVATION_STATE, type GivenBack } from '../stock.sql.js';

/** Seconds after which a return that came too early is tried again. */
const EARLY_SECONDS = 5;

/**
 * Puts goods of an order that came back on the shelf, once per return. Throws a {@link RetryLater} where the order's
 * goods are not sold yet: its confirmation is still on the way.
 */
export class RestockReturnedGoods extends Command<void> {
  constructor(readonly message: MessageOf<typeof RestockReturn>) {
    super();
  }
}

@CommandHandler(RestockReturnedGoods)
export class RestockReturnHandler implements ICommandHandler<RestockReturnedGoods> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ message }: RestockReturnedGoods): Promise<void> {
    const { orderId, returnId, items } = message.data;
    const back = await this.units.once(message, async ({ tx, emit }) => {
      const [known] = await tx.query<{ state: ReservationState }>(FIND_RESERVATION_STATE, [orderId]);
      if (known?.state !== 'sold') {
        throw new RetryLater(
          EARLY_SECONDS,
          `the goods of order ${orderId} are ${known?.state ?? 'unknown'}, not sold yet`,
        );
      }
      const [first] = await tx.query(CLAIM_RETURN, [returnId, orderId]);
      if (first === undefined) return [];
      const lines = mergeLines(items);
      const actor = formatActor(currentActor() ?? { kind: 'service', name: 'catalog' });
      const restocked = await tx.query<GivenBack>(RESTOCK_LINES, [
        lines.map(({ productId }) => productId),
        lines.map(({ quantity }) => quantity),
        returnId,
        actor,
        `Return ${returnId} of order ${orderId}.`,
      ]);
      for (const line of restocked) {
        const { productId, available } = line;
        if (line.back) emit(BackInStock, { productId, available }, { key: productId });
      }
      return restocked;
    });
    await this.products.changed((back ?? []).map(({ productId }) => productId));
  }
}
