import { Database } from '@lethe/database';
import { systemClock } from '@lethe/kernel';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { type DynamicModule, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { KeySeal } from './key-seal.js';
import { SigningKeys } from './signing-keys.js';
import { WellKnownController } from './well-known.controller.js';

/** The keys that sign access tokens. */
@Module({})
export class SigningModule implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeys) {}

  static forRoot({ AUTH_KEY_SECRET }: Pick<AuthConfig, 'AUTH_KEY_SECRET'>): DynamicModule {
    return {
      module: SigningModule,
      controllers: [WellKnownController],
      providers: [
        {
          provide: SigningKeys,
          inject: [Database, LOGGER],
          useFactory: (database: Database, logger: Logger) =>
            new SigningKeys(database, new KeySeal(AUTH_KEY_SECRET), systemClock, (error) =>
              logger.warn({ err: error }, 'signing keys are not read anew'),
            ),
        },
      ],
      exports: [SigningKeys],
    };
  }

  /** A replica that cannot sign should not start. */
  async onApplicationBootstrap(): Promise<void> {
    await this.keys.active();
  }
}
