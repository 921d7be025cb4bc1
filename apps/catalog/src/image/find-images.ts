import { type Image, type ImageList, uploadedImageTypeSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ProductNotFoundError } from '../catalog.errors.js';
import { FIND_PRODUCT } from '../product/product.sql.js';
import { type ImageRow, LIST_IMAGES } from './image.sql.js';
import { sizesOf } from './shown-image.js';

/** All images of a product, those that are expected and those that were refused too. Throws a {@link ProductNotFoundError}. */
export class FindImages extends Query<ImageList> {
  constructor(readonly productId: string) {
    super();
  }
}

@QueryHandler(FindImages)
export class FindImagesHandler implements IQueryHandler<FindImages> {
  constructor(private readonly database: Database) {}

  async execute({ productId }: FindImages): Promise<ImageList> {
    const [[product], rows] = await Promise.all([
      this.database.query(FIND_PRODUCT, [productId]),
      this.database.query<ImageRow>(LIST_IMAGES, [productId]),
    ]);
    if (product === undefined) throw new ProductNotFoundError(productId);
    return { items: rows.map(imageOf) };
  }
}

function imageOf({ id, type, status, reason, shown }: ImageRow): Image {
  return {
    id,
    type: uploadedImageTypeSchema.parse(type),
    status,
    ...(reason === null ? {} : { reason }),
    ...(shown === null ? {} : { sizes: sizesOf(shown) }),
  };
}
