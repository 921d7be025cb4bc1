import { AwsClients } from '@lethe/aws';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { type Logger } from 'pino';
import { AwsModule } from './aws.module.js';
import { type BaseConfig } from './config.js';
import { Lifecycle } from './drain/lifecycle.js';
import { EmfReporter } from './emf/emf-reporter.js';
import { InFlight } from './http/in-flight.js';
import { LimitsModule } from './limits.module.js';
import { Metrics } from './observe/metrics.js';
import { ReadinessRegistry } from './observe/readiness.js';
import { TaskProtection } from './protection/task-protection.js';
import { CONFIG, LOGGER } from './tokens.js';
import { ValkeyModule } from './valkey.module.js';

@Module({})
class KitModule {}

/** The root of a service's modules: what the kit provides everywhere, then the app. */
@Module({})
export class ServiceModule {
  static forRoot(parts: {
    service: string;
    config: BaseConfig;
    logger: Logger;
    module: Type | DynamicModule;
  }): DynamicModule {
    const kit: DynamicModule = {
      module: KitModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: LOGGER, useValue: parts.logger },
        { provide: ReadinessRegistry, useFactory: () => new ReadinessRegistry() },
        Lifecycle,
        InFlight,
        {
          provide: Metrics,
          inject: [AwsClients, InFlight],
          useFactory: ({ calls }: AwsClients, inFlight: InFlight) =>
            new Metrics(parts.service, calls, () => inFlight.count),
        },
        {
          provide: TaskProtection,
          useFactory: () => new TaskProtection({ agentUri: parts.config.ECS_AGENT_URI, logger: parts.logger }),
        },
        {
          provide: EmfReporter,
          inject: [Metrics],
          useFactory: (metrics: Metrics) =>
            new EmfReporter({
              service: parts.service,
              metrics,
              logger: parts.logger,
              everySeconds: parts.config.METRICS === 'emf' ? parts.config.METRICS_INTERVAL_SECONDS : 0,
            }),
        },
      ],
      exports: [CONFIG, LOGGER, ReadinessRegistry, Lifecycle, InFlight, Metrics, TaskProtection],
    };
    return {
      module: ServiceModule,
      imports: [
        kit,
        AwsModule.forRoot(),
        ValkeyModule.forRoot(),
        LimitsModule.forRoot(),
        DiscoveryModule,
        parts.module,
      ],
    };
  }
}
