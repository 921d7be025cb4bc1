import { ProductsChanged, type catalogService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type VersionedProduct, versionedProductOf } from './product.js';
import { whyMissed } from './search/why-missed.js';
import { ProductCache } from './cache/product-cache.js';
import type { PatchProductBody } from './product.schemas.js';
import { PATCH_PRODUCT, type ProductRow } from './product.sql.js';

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
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ id, versions, patch }: PatchProduct): Promise<VersionedProduct> {
    const { name, description, category, price } = patch;
    const shown = [name, description, category, price?.amount, price?.currency].map((value) => value ?? null);
    const row = await this.units.run(async ({ tx, emit }) => {
      const [patched] = await tx.query<ProductRow>(PATCH_PRODUCT, [id, versions ?? null, ...shown]);
      if (patched === undefined) throw await whyMissed(tx, id);
      emit(ProductsChanged, { productIds: [patched.id] }, { key: patched.id });
      return patched;
    });
    await this.products.changed([id]);
    return versionedProductOf(row);
  }
}
