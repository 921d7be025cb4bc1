import { BackInStock, type StockReason, type catalogService } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { currentActor, formatActor } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductNotFoundError, StockBelowZeroError } from '../../catalog.errors.js';
import { type ProductVersions, requireTag } from '../../product/entity-tag.js';
import { ProductCache } from '../../product/cache/product-cache.js';
import { type VersionedProduct, versionedProductOf } from '../../product/product.js';
import { FIND_PRODUCT, type ProductRow } from '../../product/product.sql.js';
import { ADJUST_STOCK, LOCK_PRODUCT_STOCK } from './adjustment.sql.js';

/** Why stock is corrected: a kind, and what there is to say about it. */
export interface AdjustmentCause {
  readonly reason?: StockReason | undefined;
  readonly note?: string | undefined;
}

/**
 * Corrects what lies on the shelf by so many units, and says in the journal who did and why. `tags`: the entity tags that the product may have, undefined for any.
 * Throws a {@link ProductNotFoundError}, a PreconditionFailedError, a {@link StockBelowZeroError}.
 */
export class AdjustStock extends Command<VersionedProduct> {
  constructor(
    readonly productId: string,
    readonly delta: number,
    readonly tags: readonly string[] | undefined,
    readonly cause: AdjustmentCause = {},
    /** Of its idempotency key, where it has one. */
    readonly tx?: Tx,
  ) {
    super();
  }
}

@CommandHandler(AdjustStock)
export class AdjustStockHandler implements ICommandHandler<AdjustStock> {
  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  execute({ productId, delta, tags, cause, tx: open }: AdjustStock): Promise<VersionedProduct> {
    const actor = formatActor(currentActor() ?? { kind: 'service', name: 'catalog' });
    return this.units.within(open, async ({ tx, emit }) => {
      const [stock] = await tx.query<ProductVersions & { available: number }>(LOCK_PRODUCT_STOCK, [productId]);
      if (stock === undefined) throw new ProductNotFoundError(productId);
      requireTag(tags, stock);
      if (stock.available + delta < 0) throw new StockBelowZeroError(stock.available);
      await tx.query(ADJUST_STOCK, [productId, delta, actor, cause.reason ?? 'correction', cause.note ?? null]);
      const [row] = await tx.query<ProductRow>(FIND_PRODUCT, [productId]);
      if (row === undefined) throw new ProductNotFoundError(productId);
      const { available } = row;
      if (stock.available === 0 && available > 0) emit(BackInStock, { productId, available }, { key: productId });
      tx.afterCommit(() => this.products.changed([productId]));
      return versionedProductOf(row);
    });
  }
}
