import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ProductNotFoundError } from '../catalog.errors.js';
import { type VersionedProduct, versionedProductOf } from './product.js';
import { ProductCache } from './cache/product-cache.js';
import { FIND_PRODUCT, type ProductRow } from './product.sql.js';

/** One product. Throws a {@link ProductNotFoundError}. */
export class FindProduct extends Query<VersionedProduct> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(FindProduct)
export class FindProductHandler implements IQueryHandler<FindProduct> {
  constructor(
    private readonly database: Database,
    private readonly products: ProductCache,
  ) {}

  async execute({ id }: FindProduct): Promise<VersionedProduct> {
    const found = await this.products.product(id, () => this.#load(id));
    if (found === undefined) throw new ProductNotFoundError(id);
    return found;
  }

  async #load(id: string): Promise<VersionedProduct | undefined> {
    const [row] = await this.database.query<ProductRow>(FIND_PRODUCT, [id]);
    return row === undefined ? undefined : versionedProductOf(row);
  }
}
