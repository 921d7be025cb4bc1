import { ProductsChanged, type catalogService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { abandonImagesOf } from '../image/file/abandon-images.js';
import { IMAGE_SETTINGS, type ImageSettings } from '../image/image-settings.js';
import { whyMissed } from './search/why-missed.js';
import { ProductCache } from './cache/product-cache.js';
import { DELETE_PRODUCT } from './product.sql.js';

/**
 * Takes a product off the shop. What is set aside or sold of it stays so, since orders refer to it; its SKU is free
 * again. Its images go, by a message in the same commit. `versions` and errors as with PatchProduct.
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
    @Inject(IMAGE_SETTINGS) private readonly images: ImageSettings,
  ) {}

  async execute({ id, versions }: DeleteProduct): Promise<void> {
    await this.units.run(async (unit) => {
      const { tx, emit } = unit;
      const [gone] = await tx.query<{ id: string }>(DELETE_PRODUCT, [id, versions ?? null]);
      if (gone === undefined) throw await whyMissed(tx, id);
      await abandonImagesOf(unit, gone.id, this.images);
      emit(ProductsChanged, { productIds: [gone.id] }, { key: gone.id });
    });
    await this.products.changed([id]);
  }
}
