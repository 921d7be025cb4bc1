import { ProductsChanged, type catalogService } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DuplicateSkuError } from '../catalog.errors.js';
import { type VersionedProduct, versionedProductOf } from './product.js';
import { ProductCache } from './cache/product-cache.js';
import type { CreateProductBody } from './product.schemas.js';
import { CREATE_PRODUCT, type ProductRow } from './product.sql.js';

/** A new product with its stock, in the transaction of its key where it has one. Throws a {@link DuplicateSkuError}. */
export class CreateProduct extends Command<VersionedProduct> {
  constructor(
    readonly product: CreateProductBody,
    readonly tx?: Tx,
  ) {
    super();
  }
}

@CommandHandler(CreateProduct)
export class CreateProductHandler implements ICommandHandler<CreateProduct> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  execute({ product, tx: open }: CreateProduct): Promise<VersionedProduct> {
    const { sku, name, description, category, price, available } = product;
    const id = uuidv7();
    const values = [id, sku, name, description, category, price.amount, price.currency, available];
    return this.units.within(open, async ({ tx, emit }) => {
      const [created] = await tx.query<ProductRow>(CREATE_PRODUCT, values);
      if (created === undefined) throw new DuplicateSkuError(sku);
      emit(ProductsChanged, { productIds: [id] }, { key: id });
      tx.afterCommit(() => this.products.changed([id]));
      return versionedProductOf(created);
    });
  }
}
