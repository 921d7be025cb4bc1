import type { DatabaseOptions } from '@lethe/database';
import { outboxMigrations } from '@lethe/outbox';
import { scheduleMigrations } from '@lethe/schedules';
import { type DatabaseConfig, databaseOf } from '@lethe/service-kit';
import type { AnalyticsConfig } from './analytics.config.js';
import { ClickEntity } from './click/click.entity.js';
import { ParkedClickEntity } from './click/parked-click.entity.js';
import { AddRefundFacts1767225600013 } from './migrations/add-refund-facts.migration.js';
import { CountClicksFaster1768000000030 } from './migrations/count-clicks-faster.migration.js';
import { CreateLake1768000000020 } from './migrations/create-lake.migration.js';
import { CreateLakeBackfill1768000000021 } from './migrations/create-lake-backfill.migration.js';
import { AddOrderBuyer1768000000000 } from './migrations/add-order-buyer.migration.js';
import { CreateClickWindows1768000000003 } from './migrations/create-click-windows.migration.js';
import { CreateStreamCheckpoint1768000000015 } from './migrations/create-stream-checkpoint.migration.js';
import { CreateSalesWindows1768000000002 } from './migrations/create-sales-windows.migration.js';
import { CreateWindows1768000000001 } from './migrations/create-windows.migration.js';
import { CreateFacts1764633600000 } from './migrations/create-facts.migration.js';
import { OrderFactEntity } from './order/order-fact.entity.js';
import { OrderLineFactEntity } from './order/order-line-fact.entity.js';
import { OrderRefundFactEntity, OrderReturnFactEntity } from './order/refund-fact.entity.js';

/** The service's database, for the replica and for the migration step alike. */
export function databaseOptions(config: DatabaseConfig & Pick<AnalyticsConfig, 'DATABASE_POOL_SIZE'>): DatabaseOptions {
  return {
    ...databaseOf(config),
    service: 'analytics',
    poolSize: config.DATABASE_POOL_SIZE,
    entities: [
      ClickEntity,
      ParkedClickEntity,
      OrderFactEntity,
      OrderLineFactEntity,
      OrderRefundFactEntity,
      OrderReturnFactEntity,
    ],
    migrations: [
      ...outboxMigrations,
      ...scheduleMigrations,
      CreateFacts1764633600000,
      AddRefundFacts1767225600013,
      AddOrderBuyer1768000000000,
      CreateWindows1768000000001,
      CreateSalesWindows1768000000002,
      CreateClickWindows1768000000003,
      CreateStreamCheckpoint1768000000015,
      CreateLake1768000000020,
      CreateLakeBackfill1768000000021,
      CountClicksFaster1768000000030,
    ],
  };
}
