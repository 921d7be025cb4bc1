import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ProductNotFoundError } from '../catalog.errors.js';
import { type VersionedProduct, versionedProductOf } from './product.js';
import { FIND_PRODUCT, type ProductRow } from './product.sql.js';

/** One product. Throws a {@link ProductNotFoundError}. */
export class FindProduct extends Query<VersionedProduct> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(FindProduct)
export class FindProductHandler implements IQueryHandler<FindProduct> {
  constructor(private readonly database: Database) {}

  async execute({ id }: FindProduct): Promise<VersionedProduct> {
    const [row] = await this.database.query<ProductRow>(FIND_PRODUCT, [id]);
    if (row === undefined) throw new ProductNotFoundError(id);
    return versionedProductOf(row);
  }
}
