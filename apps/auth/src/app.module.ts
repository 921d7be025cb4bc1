import { authService, store } from '@lethe/contracts';
import { Database, DatabaseModule } from '@lethe/database';
import { IdentityModule } from '@lethe/identity';
import { OutboxModule, Relay, registerOutboxMetrics } from '@lethe/outbox';
import { Metrics, ReadinessRegistry, databaseOf, identityOf, routeLimits } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type AuthConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { authRouteLimits } from './auth.limits.js';
import { AuthorizeModule } from './authorize/authorize.module.js';
import { ContactModule } from './contact/contact.module.js';
import { MailModule } from './mail/mail.module.js';
import { SessionModule } from './session/session.module.js';
import { SigningKeys } from './signing/signing-keys.js';
import { SigningModule } from './signing/signing.module.js';

/** The auth service: it checks tokens with its own keys, so that it needs no one else to start. */
@Module({})
export class AppModule {
  constructor(readiness: ReadinessRegistry, database: Database, metrics: Metrics, relay: Relay) {
    readiness.add('database', () => database.ping());
    registerOutboxMetrics(metrics.registry, relay);
  }

  static forRoot(config: AuthConfig, topology: Topology = store): DynamicModule {
    const signing = SigningModule.forRoot(config);
    const session = SessionModule.forRoot(config, [signing, MailModule.forRoot(config)]);
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ ...authDatabase, ...databaseOf(config), poolSize: config.DATABASE_POOL_SIZE }),
        OutboxModule.forRoot({ service: authService, topology, accountId: config.AWS_ACCOUNT_ID }),
        IdentityModule.forKeys({
          ...identityOf(config, authService.name),
          imports: [signing],
          inject: [SigningKeys],
          useFactory: (keys: SigningKeys) => keys,
        }),
        CqrsModule.forRoot(),
        routeLimits(authRouteLimits(config)),
        session,
        AuthorizeModule.forRoot(config, [session]),
        // Without keys of services nobody could ask.
        ...(config.SERVICE_KEYS === undefined ? [] : [ContactModule]),
      ],
    };
  }
}
