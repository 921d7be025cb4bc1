import { ProductsChanged, type catalogService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ImageNotFoundError, ProductNotFoundError } from '../catalog.errors.js';
import { ProductCache } from '../product/cache/product-cache.js';
import { abandonImages } from './file/abandon-images.js';
import { IMAGE_SETTINGS, type ImageSettings } from './image-settings.js';
import { DELETE_IMAGE, LOCK_PRODUCT, SHOW_IMAGES } from './image.sql.js';

/**
 * Takes an image from its product, whatever its state. Its files go by a message in the same commit.
 * Throws a {@link ProductNotFoundError}, an {@link ImageNotFoundError}.
 */
export class DeleteImage extends Command<void> {
  constructor(
    readonly productId: string,
    readonly imageId: string,
  ) {
    super();
  }
}

@CommandHandler(DeleteImage)
export class DeleteImageHandler implements ICommandHandler<DeleteImage> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
    @Inject(IMAGE_SETTINGS) private readonly settings: ImageSettings,
  ) {}

  async execute({ productId, imageId }: DeleteImage): Promise<void> {
    await this.units.run(async (unit) => {
      const [product] = await unit.tx.query(LOCK_PRODUCT, [productId]);
      if (product === undefined) throw new ProductNotFoundError(productId);
      const [gone] = await unit.tx.query<{ status: string }>(DELETE_IMAGE, [productId, imageId]);
      if (gone === undefined) throw new ImageNotFoundError(imageId);
      abandonImages(unit, [imageId], this.settings);
      if (gone.status !== 'ready') return;
      await unit.tx.query(SHOW_IMAGES, [productId]);
      unit.emit(ProductsChanged, { productIds: [productId] }, { key: productId });
    });
    await this.products.changed([productId]);
  }
}
