import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PreconditionFailedError, ProductNotFoundError } from '../catalog.errors.js';
import { type VersionedProduct, versionedProductOf } from './product.js';
import type { PatchProductBody } from './product.schemas.js';
import { FIND_PRODUCT, PATCH_PRODUCT, type ProductRow } from './product.sql.js';

/**
 * Replaces members of a product's description (R27). `versions`: those it may have, undefined for any.
 * Throws a {@link ProductNotFoundError}, a {@link PreconditionFailedError}.
 */
export class PatchProduct extends Command<VersionedProduct> {
  constructor(
    readonly id: string,
    readonly versions: readonly number[] | undefined,
    readonly patch: PatchProductBody,
  ) {
    super();
  }
}

@CommandHandler(PatchProduct)
export class PatchProductHandler implements ICommandHandler<PatchProduct> {
  constructor(private readonly database: Database) {}

  async execute({ id, versions, patch }: PatchProduct): Promise<VersionedProduct> {
    const [row] = await this.database.query<ProductRow>(PATCH_PRODUCT, [
      id,
      versions ?? null,
      patch.name ?? null,
      patch.description ?? null,
      patch.category ?? null,
      patch.price?.amount ?? null,
      patch.price?.currency ?? null,
    ]);
    if (row !== undefined) return versionedProductOf(row);
    const [known] = await this.database.query(FIND_PRODUCT, [id]);
    throw known === undefined ? new ProductNotFoundError(id) : new PreconditionFailedError();
  }
}
