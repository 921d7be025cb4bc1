import { catalogService, store } from '@lethe/contracts';
import { DatabaseModule } from '@lethe/database';
import { IdentityModule } from '@lethe/identity';
import { OutboxModule } from '@lethe/outbox';
import { identityOf } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import type { CatalogConfig } from './catalog.config.js';
import { catalogDatabase } from './catalog.database.js';
import { ImportModule } from './imports/import.module.js';
import { DEFAULT_IMPORT_SETTINGS } from './imports/import-settings.js';
import { ProductModule } from './product/product.module.js';
import { StockModule } from './stock/stock.module.js';

/** The catalog service. */
@Module({})
export class AppModule {
  static forRoot(config: CatalogConfig, topology: Topology = store): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...catalogDatabase,
          url: config.DATABASE_URL,
          poolSize: config.DATABASE_POOL_SIZE,
        }),
        OutboxModule.forRoot({ service: catalogService, topology, accountId: config.AWS_ACCOUNT_ID }),
        IdentityModule.forRoot(identityOf(config)),
        ProductModule,
        StockModule,
        ImportModule.forRoot({ ...DEFAULT_IMPORT_SETTINGS, bucket: config.IMPORTS_BUCKET }),
      ],
    };
  }
}
