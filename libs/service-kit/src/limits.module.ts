import { AwsClients } from '@lethe/aws';
import { principalOf } from '@lethe/identity';
import { DynamoDbRateLimits, RateLimiter, type RequestRule, ValkeyRateLimits } from '@lethe/rate-limits';
import { RateLimitsModule } from '@lethe/rate-limits/nest';
import { type Valkey } from '@lethe/valkey';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type BaseConfig } from './config.js';
import { CONFIG, LOGGER, VALKEY } from './tokens.js';

/** Provides {@link RateLimiter} everywhere: on Valkey where VALKEY_URL is set, else on DynamoDB. */
@Module({})
export class LimitsModule {
  static forRoot(): DynamicModule {
    return {
      module: LimitsModule,
      global: true,
      providers: [
        {
          provide: RateLimiter,
          inject: [CONFIG, LOGGER, AwsClients, VALKEY],
          useFactory: (config: BaseConfig, logger: Logger, clients: AwsClients, valkey: Valkey | undefined) =>
            new RateLimiter({
              store: valkey
                ? new ValkeyRateLimits({ valkey })
                : new DynamoDbRateLimits({ clients, table: config.RATE_LIMITS_TABLE }),
              onError: (error, { name }) => logger.error({ err: error, limit: name }, 'a limit cannot be counted'),
            }),
        },
      ],
      exports: [RateLimiter],
    };
  }
}

/** The rules that the routes of a service name by `@RateLimit`; who calls is known by issuer and id (S07). */
export function routeLimits(rules: readonly RequestRule[]): DynamicModule {
  return RateLimitsModule.forRoot({
    rules,
    principalOf: (request) => {
      const principal = principalOf(request);
      return principal && `${principal.issuer} ${principal.id}`;
    },
  });
}

/** Whether the caller holds the role: for rules that do not concern whoever imports what happened elsewhere. */
export function holdsRole(role: string): (request: object) => boolean {
  return (request) => principalOf(request)?.roles.includes(role) ?? false;
}
