import { type ImageReport, ProductsChanged, type catalogService } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ImageNotFoundError, ImageSettledError } from '../catalog.errors.js';
import { ProductCache } from '../product/cache/product-cache.js';
import { FIND_IMAGE, type ImageRow, LOCK_PRODUCT, SETTLE_IMAGE, SHOW_IMAGES } from './image.sql.js';
import type { StoredImage } from './shown-image.js';

/**
 * Settles what became of an upload: it is shown with its product from now on, or refused. The same report again has no
 * effect. Throws an {@link ImageNotFoundError} where the image or its product is gone, an {@link ImageSettledError} where
 * it is settled in another way; in both cases nobody wants the files reported on.
 */
export class SettleImage extends Command<void> {
  constructor(
    readonly imageId: string,
    readonly report: ImageReport,
  ) {
    super();
  }
}

@CommandHandler(SettleImage)
export class SettleImageHandler implements ICommandHandler<SettleImage> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ imageId, report }: SettleImage): Promise<void> {
    const productId = await this.units.run(async ({ tx, emit }) => {
      const image = await lockImage(tx, imageId);
      if (image.status !== 'pending') {
        if (isSame(image, report)) return undefined;
        throw new ImageSettledError(imageId);
      }
      if (report.status === 'refused') {
        await tx.query(SETTLE_IMAGE, [imageId, null, report.reason]);
        return undefined;
      }
      const { digest, types, sizes } = report;
      const shown: StoredImage = { id: imageId, digest, types, sizes };
      await tx.query(SETTLE_IMAGE, [imageId, JSON.stringify(shown), null]);
      await tx.query(SHOW_IMAGES, [image.productId]);
      emit(ProductsChanged, { productIds: [image.productId] }, { key: image.productId });
      return image.productId;
    });
    if (productId !== undefined) await this.products.changed([productId]);
  }
}

/** The image, read again behind the lock on its product. */
async function lockImage(tx: Tx, imageId: string): Promise<ImageRow> {
  const [known] = await tx.query<ImageRow>(FIND_IMAGE, [imageId]);
  if (known === undefined) throw new ImageNotFoundError(imageId);
  await tx.query(LOCK_PRODUCT, [known.productId]);
  const [image] = await tx.query<ImageRow>(FIND_IMAGE, [imageId]);
  if (image === undefined) throw new ImageNotFoundError(imageId);
  return image;
}

function isSame({ status, reason, shown }: ImageRow, report: ImageReport): boolean {
  if (report.status === 'refused') return status === 'refused' && reason === report.reason;
  return shown?.digest === report.digest;
}
