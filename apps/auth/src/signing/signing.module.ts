import { Database } from '@lethe/database';
import { systemClock } from '@lethe/kernel';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { type DynamicModule, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { KeyRotation, rotationTimes } from './key-rotation.js';
import { KeySeal } from './key-seal.js';
import { RotationSchedule } from './rotation-schedule.js';
import { SigningKeys } from './signing-keys.js';
import { WellKnownController } from './well-known.controller.js';

/** The keys that sign access tokens. */
@Module({})
export class SigningModule implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeys) {}

  static forRoot(config: Pick<AuthConfig, 'AUTH_KEY_SECRET' | 'KEY_ROTATION_DAYS'>): DynamicModule {
    const seal = new KeySeal(config.AUTH_KEY_SECRET);
    return {
      module: SigningModule,
      controllers: [WellKnownController],
      providers: [
        {
          provide: SigningKeys,
          inject: [Database, LOGGER],
          useFactory: (database: Database, logger: Logger) =>
            new SigningKeys(database, seal, systemClock, (error) =>
              logger.warn({ err: error }, 'signing keys are not read anew'),
            ),
        },
        {
          provide: KeyRotation,
          inject: [Database],
          useFactory: (database: Database) => new KeyRotation(database, seal, rotationTimes(config.KEY_ROTATION_DAYS)),
        },
        RotationSchedule,
      ],
      exports: [SigningKeys, KeyRotation],
    };
  }

  /** A replica that cannot sign should not start. */
  async onApplicationBootstrap(): Promise<void> {
    await this.keys.active();
  }
}
