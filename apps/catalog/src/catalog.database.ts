import type { DatabaseOptions } from '@lethe/database';
import { idempotencyMigrations } from '@lethe/idempotency';
import { outboxMigrations } from '@lethe/outbox';
import { ProductImageEntity } from './image/image.entity.js';
import { ImportEntity, ImportRejectionEntity } from './imports/import.entity.js';
import { Products1764000000000 } from './migrations/1764000000000-products.js';
import { Stock1764000000001 } from './migrations/1764000000001-stock.js';
import { Imports1764000000002 } from './migrations/1764000000002-imports.js';
import { StockAdjustments1764000000003 } from './migrations/1764000000003-stock-adjustments.js';
import { Restock1767225600011 } from './migrations/1767225600011-restock.js';
import { ProductImages1767225600050 } from './migrations/1767225600050-product-images.js';
import { ProductEntity } from './product/product.entity.js';
import { StockAdjustmentEntity } from './stock/adjust/adjustment.entity.js';
import { ReservationEntity, ReservationStateEntity } from './stock/reservation.entity.js';
import { RestockEntity } from './stock/restock/restock.entity.js';
import { StockEntity } from './stock/stock.entity.js';

/** What catalog's database is made of. */
export const catalogDatabase = {
  service: 'catalog',
  entities: [
    ProductEntity,
    ProductImageEntity,
    StockEntity,
    StockAdjustmentEntity,
    ReservationEntity,
    ReservationStateEntity,
    RestockEntity,
    ImportEntity,
    ImportRejectionEntity,
  ],
  migrations: [
    ...outboxMigrations,
    ...idempotencyMigrations,
    Products1764000000000,
    Stock1764000000001,
    Imports1764000000002,
    StockAdjustments1764000000003,
    Restock1767225600011,
    ProductImages1767225600050,
  ],
} satisfies Omit<DatabaseOptions, 'url'>;
