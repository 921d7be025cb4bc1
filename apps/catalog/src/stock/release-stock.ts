import type { MessageOf } from '@lethe/topology';
import { BackInStock, type ReleaseStock, type catalogService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductCache } from '../product/cache/product-cache.js';
import { GIVE_BACK_LINES, type GivenBack, RELEASE_ORDER } from './stock.sql.js';

/**
 * Gives back what was set aside for an order, once. Where the order is not known yet, it is remembered as released, and
 * a reservation that comes later has no effect and no answer. What is sold or was rejected stays as it is.
 */
export class ReleaseOrderStock extends Command<void> {
  constructor(readonly message: MessageOf<typeof ReleaseStock>) {
    super();
  }
}

@CommandHandler(ReleaseOrderStock)
export class ReleaseStockHandler implements ICommandHandler<ReleaseOrderStock> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ message }: ReleaseOrderStock): Promise<void> {
    const { orderId } = message.data;
    const given = await this.units.once(message, async ({ tx, emit }) => {
      const [ended] = await tx.query(RELEASE_ORDER, [orderId]);
      const lines = ended === undefined ? [] : await tx.query<GivenBack>(GIVE_BACK_LINES, [orderId]);
      for (const { productId, available, back } of lines) {
        if (back) emit(BackInStock, { productId, available }, { key: productId });
      }
      return lines;
    });
    await this.products.changed((given ?? []).map(({ productId }) => productId));
  }
}
