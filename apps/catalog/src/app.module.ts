import { catalogService, store } from '@lethe/contracts';
import { Database, DatabaseModule } from '@lethe/database';
import { IdempotencyModule, IdempotentRoutesModule } from '@lethe/idempotency';
import { IdentityModule } from '@lethe/identity';
import { OutboxModule, Relay, registerOutboxMetrics } from '@lethe/outbox';
import { Metrics, ReadinessRegistry, databaseOf, identityOf, keyOwnerOf, routeLimits } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import type { CatalogConfig } from './catalog.config.js';
import { catalogDatabase } from './catalog.database.js';
import { catalogLimits } from './catalog.limits.js';
import { ImageModule } from './image/image.module.js';
import { DEFAULT_IMAGE_SETTINGS, type ImageSettings } from './image/image-settings.js';
import { ImportModule } from './imports/import.module.js';
import { DEFAULT_IMPORT_SETTINGS, type ImportSettings } from './imports/import-settings.js';
import { ProductCacheModule } from './product/cache/product-cache.module.js';
import { ProductModule } from './product/product.module.js';
import { StockModule } from './stock/stock.module.js';

/** What the service is made of; the defaults are those of the store. */
export interface AppParts {
  readonly topology?: Topology;
  /** Who may call. Default: whoever the issuer at `<PUBLIC_URL>/auth` vouches for. */
  readonly identity?: DynamicModule;
  readonly imports?: Partial<ImportSettings>;
  readonly images?: Partial<ImageSettings>;
}

/** The catalog service. */
@Module({})
export class AppModule {
  constructor(readiness: ReadinessRegistry, database: Database, metrics: Metrics, relay: Relay) {
    readiness.add('database', () => database.ping());
    registerOutboxMetrics(metrics.registry, relay);
  }

  static forRoot(config: CatalogConfig, parts: AppParts = {}): DynamicModule {
    const topology = parts.topology ?? store;
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...catalogDatabase,
          ...databaseOf(config),
          poolSize: config.DATABASE_POOL_SIZE,
        }),
        OutboxModule.forRoot({ service: catalogService, topology, accountId: config.AWS_ACCOUNT_ID }),
        IdempotencyModule.forRoot(),
        IdempotentRoutesModule.forRoot({ ownerOf: keyOwnerOf, problems: false }),
        parts.identity ?? IdentityModule.forRoot(identityOf(config, catalogService.name)),
        routeLimits(catalogLimits(config)),
        ProductCacheModule.forRoot({ ...config, store: topology.name }),
        ProductModule,
        StockModule,
        ImageModule.forRoot({ ...DEFAULT_IMAGE_SETTINGS, bucket: config.IMAGES_BUCKET, ...parts.images }),
        ImportModule.forRoot({ ...DEFAULT_IMPORT_SETTINGS, bucket: config.IMPORTS_BUCKET, ...parts.imports }),
      ],
    };
  }
}
