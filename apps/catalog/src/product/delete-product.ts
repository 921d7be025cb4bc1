import { ProductsChanged, type catalogService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { whyMissed } from './why-missed.js';
import { ProductCache } from './product-cache.js';
import { DELETE_PRODUCT } from './product.sql.js';

/**
 * Takes a product off the shop. What is set aside or sold of it stays so, since orders refer to it; its SKU is free
 * again. `versions` and errors as with PatchProduct.
 */
export class DeleteProduct extends Command<void> {
  constructor(
    readonly id: string,
    readonly versions: readonly number[] | undefined,
  ) {
    super();
  }
}

@CommandHandler(DeleteProduct)
export class DeleteProductHandler implements ICommandHandler<DeleteProduct> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ id, versions }: DeleteProduct): Promise<void> {
    await this.units.run(async ({ tx, emit }) => {
      const [gone] = await tx.query<{ id: string }>(DELETE_PRODUCT, [id, versions ?? null]);
      if (gone === undefined) throw await whyMissed(tx, id);
      emit(ProductsChanged, { productIds: [gone.id] }, { key: gone.id });
    });
    await this.products.changed([id]);
  }
}
