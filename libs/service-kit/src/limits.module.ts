import { AwsClients } from '@lethe/aws';
import { DynamoDbRateLimits, RateLimiter, ValkeyRateLimits } from '@lethe/rate-limits';
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
