import { authService } from '@lethe/contracts';
import { Database, DatabaseModule } from '@lethe/database';
import { IdentityModule } from '@lethe/identity';
import { ReadinessRegistry, identityOf } from '@lethe/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type AuthConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { SessionModule } from './session/session.module.js';
import { SigningKeys } from './signing/signing-keys.js';
import { SigningModule } from './signing/signing.module.js';

/** The auth service: it checks tokens with its own keys, so that it needs no one else to start. */
@Module({})
export class AppModule {
  constructor(readiness: ReadinessRegistry, database: Database) {
    readiness.add('database', () => database.ping());
  }

  static forRoot(config: AuthConfig): DynamicModule {
    const signing = SigningModule.forRoot(config);
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ ...authDatabase, url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE }),
        IdentityModule.forKeys({
          ...identityOf(config, authService.name),
          imports: [signing],
          inject: [SigningKeys],
          useFactory: (keys: SigningKeys) => keys,
        }),
        CqrsModule.forRoot(),
        SessionModule.forRoot(config, [signing]),
      ],
    };
  }
}
