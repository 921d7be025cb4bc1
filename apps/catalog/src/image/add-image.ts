import {
  type AddImage as AddImageBody,
  type ImageUpload,
  MAX_IMAGE_BYTES,
  MAX_PRODUCT_IMAGES,
  SweepImages,
  type catalogService,
} from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductNotFoundError, TooManyImagesError } from '../catalog.errors.js';
import { ImageFiles } from './file/image-files.js';
import { IMAGE_SETTINGS, type ImageSettings } from './image-settings.js';
import { ADD_IMAGE, LOCK_PRODUCT } from './image.sql.js';

/**
 * Expects an image of a product, and gives the form by which it is uploaded. In the same commit it is set down when the
 * image is given up. Throws a {@link ProductNotFoundError}, a {@link TooManyImagesError}.
 */
export class AddImage extends Command<ImageUpload> {
  constructor(
    readonly productId: string,
    readonly image: AddImageBody,
    readonly userId: string,
  ) {
    super();
  }
}

@CommandHandler(AddImage)
export class AddImageHandler implements ICommandHandler<AddImage> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly files: ImageFiles,
    @Inject(IMAGE_SETTINGS) private readonly settings: ImageSettings,
  ) {}

  async execute({ productId, image: { type }, userId }: AddImage): Promise<ImageUpload> {
    const { uploadSeconds, patienceSeconds } = this.settings;
    const imageId = uuidv7();
    const expiresAt = new Date(Date.now() + uploadSeconds * 1_000);
    const givenUpAt = new Date(expiresAt.getTime() + patienceSeconds * 1_000);
    await this.units.run(async ({ tx, schedule }) => {
      const [product] = await tx.query(LOCK_PRODUCT, [productId]);
      if (product === undefined) throw new ProductNotFoundError(productId);
      const values = [imageId, productId, type, userId, givenUpAt, MAX_PRODUCT_IMAGES];
      const [added] = await tx.query(ADD_IMAGE, values);
      if (added === undefined) throw new TooManyImagesError(MAX_PRODUCT_IMAGES);
      schedule(SweepImages, { imageIds: [imageId] }, { key: imageId, deliverAt: givenUpAt });
    });
    const { url, fields } = await this.files.form(imageId, type, uploadSeconds);
    return { imageId, url, fields, maxBytes: MAX_IMAGE_BYTES, expiresAt: expiresAt.toISOString() };
  }
}
