import { Cache, ValkeyCacheStore, registerCacheMetrics } from '@lethe/cache';
import { LOGGER, type Logger, Metrics, VALKEY } from '@lethe/service-kit';
import { type Valkey } from '@lethe/valkey';
import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { CatalogConfig } from '../../catalog.config.js';
import { ProductCache, SHAPE } from './product-cache.js';

/** Share of the connections that reads may take all at once: the rest is for orders and admins (R11). */
const LOADS_SHARE = 0.8;

/** `store`: the topology's name, so that stores on one server keep apart. */
type Settings = { readonly store: string } & Pick<
  CatalogConfig,
  'DATABASE_POOL_SIZE' | 'MAX_IN_FLIGHT' | 'PRICE_MAX_AGE_MS'
>;

/** Provides {@link ProductCache} to the whole service: on Valkey where VALKEY_URL is set, else straight to Postgres. */
@Module({})
export class ProductCacheModule implements OnApplicationShutdown {
  constructor(private readonly entries: Cache) {}

  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ProductCacheModule,
      global: true,
      providers: [
        {
          provide: Cache,
          inject: [VALKEY, LOGGER, Metrics],
          useFactory: (valkey: Valkey | undefined, logger: Logger, metrics: Metrics) =>
            openCache(settings, valkey, logger, metrics),
        },
        {
          provide: ProductCache,
          inject: [Cache],
          useFactory: (entries: Cache) => new ProductCache(entries, settings.PRICE_MAX_AGE_MS),
        },
      ],
      exports: [ProductCache],
    };
  }

  /** What is loaded behind answers ends before the connections do. */
  async onApplicationShutdown(): Promise<void> {
    await this.entries.close();
  }
}

function openCache(settings: Settings, valkey: Valkey | undefined, logger: Logger, metrics: Metrics): Cache {
  const cache = new Cache({
    namespace: `${settings.store}.catalog.${SHAPE}`,
    ...(valkey === undefined ? {} : { store: new ValkeyCacheStore(valkey) }),
    maxLoads: Math.max(1, Math.floor(LOADS_SHARE * settings.DATABASE_POOL_SIZE)),
    maxWaiting: settings.MAX_IN_FLIGHT,
    onError: (error) => logger.warn({ err: error }, 'the cache goes on without its store'),
  });
  registerCacheMetrics(metrics.registry, cache);
  return cache;
}
