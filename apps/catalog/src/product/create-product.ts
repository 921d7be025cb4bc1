import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DuplicateSkuError } from '../catalog.errors.js';
import { type VersionedProduct, versionedProductOf } from './product.js';
import type { CreateProductBody } from './product.schemas.js';
import { CREATE_PRODUCT, type ProductRow } from './product.sql.js';

/** A new product with its stock. Throws a {@link DuplicateSkuError}. */
export class CreateProduct extends Command<VersionedProduct> {
  constructor(readonly product: CreateProductBody) {
    super();
  }
}

@CommandHandler(CreateProduct)
export class CreateProductHandler implements ICommandHandler<CreateProduct> {
  constructor(private readonly database: Database) {}

  async execute({ product }: CreateProduct): Promise<VersionedProduct> {
    const { sku, name, description, category, price, available } = product;
    const [row] = await this.database.query<ProductRow>(CREATE_PRODUCT, [
      uuidv7(),
      sku,
      name,
      description,
      category,
      price.amount,
      price.currency,
      available,
    ]);
    if (row === undefined) throw new DuplicateSkuError(sku);
    return versionedProductOf(row);
  }
}
