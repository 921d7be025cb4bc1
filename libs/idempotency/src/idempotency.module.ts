import { Database } from '@lethe/database';
import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { IdempotencyKeys } from './idempotency-keys.js';

export interface IdempotencyModuleOptions {
  /** How often each replica looks for expired keys. Default 600,000 ms. */
  readonly sweepEveryMs?: number;
}

const SWEEP_EVERY_MS = 600_000;

/** Provides {@link IdempotencyKeys} to the whole application, and forgets expired keys. Needs `Database`. */
@Module({})
export class IdempotencyModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Idempotency');
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    @Inject(IdempotencyKeys) private readonly keys: IdempotencyKeys,
    @Inject('lethe.idempotency.options') private readonly options: IdempotencyModuleOptions,
  ) {}

  static forRoot(options: IdempotencyModuleOptions = {}): DynamicModule {
    return {
      module: IdempotencyModule,
      global: true,
      providers: [
        { provide: 'lethe.idempotency.options', useValue: options },
        {
          provide: IdempotencyKeys,
          inject: [Database],
          useFactory: (database: Database) => new IdempotencyKeys(database),
        },
      ],
      exports: [IdempotencyKeys],
    };
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweep();
    }, this.options.sweepEveryMs ?? SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      await this.keys.sweep();
    } catch (error) {
      this.#logger.warn(`expired keys were not swept: ${String(error)}`);
    }
  }
}
