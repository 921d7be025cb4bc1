import { authService } from '@lethe/contracts';
import { DatabaseModule } from '@lethe/database';
import { IdentityModule } from '@lethe/identity';
import { databaseOf, identityOf, routeLimits } from '@lethe/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type AuthConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { authRouteLimits } from './auth.limits.js';
import { CognitoModule } from './cognito/cognito.module.js';
import { MoveModule } from './cognito/move/move.module.js';
import { ContactModule } from './contact/contact.module.js';

/**
 * The auth service with IDENTITY_PROVIDER=cognito. Its database holds the accounts that are still to move; nobody who
 * has moved needs it, so it does not make a replica unready.
 */
@Module({})
export class CognitoAppModule {
  static forRoot(config: AuthConfig): DynamicModule {
    return {
      module: CognitoAppModule,
      imports: [
        DatabaseModule.forRoot({ ...authDatabase, ...databaseOf(config), poolSize: config.DATABASE_POOL_SIZE }),
        IdentityModule.forRoot(identityOf(config, authService.name)),
        CqrsModule.forRoot(),
        routeLimits(authRouteLimits(config)),
        CognitoModule.forRoot(config),
        // Without keys of services nobody could ask.
        ...(config.SERVICE_KEYS === undefined ? [] : [MoveModule.forRoot(config), ContactModule]),
      ],
    };
  }
}
