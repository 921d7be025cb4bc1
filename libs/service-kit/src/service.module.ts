import { AwsClients } from '@lethe/aws';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
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
import { Tracing } from './tracing/tracing.js';
import { ValkeyModule } from './valkey.module.js';

@Module({})
class KitModule {}

/** What a service is, to the kit. */
interface ServiceParts {
  readonly service: string;
  readonly config: BaseConfig;
  readonly logger: Logger;
  readonly module: Type | DynamicModule;
}

/** What tells an operator how the service does: metrics, to be asked for or in its log, and traces. */
function observers({ service, config, logger }: ServiceParts): Provider[] {
  return [
    {
      provide: Metrics,
      inject: [AwsClients, InFlight],
      useFactory: ({ calls }: AwsClients, inFlight: InFlight) => new Metrics(service, calls, () => inFlight.count),
    },
    {
      provide: Tracing,
      inject: [AwsClients],
      useFactory: (clients: AwsClients) =>
        new Tracing({
          service,
          instance: config.INSTANCE_ID,
          url: config.TRACES_URL,
          region: config.AWS_REGION,
          percent: config.TRACES_PERCENT,
          clients,
          logger,
        }),
    },
    {
      provide: EmfReporter,
      inject: [Metrics],
      useFactory: (metrics: Metrics) =>
        new EmfReporter({
          service,
          metrics,
          logger,
          everySeconds: config.METRICS === 'emf' ? config.METRICS_INTERVAL_SECONDS : 0,
        }),
    },
  ];
}

/** The root of a service's modules: what the kit provides everywhere, then the app. */
@Module({})
export class ServiceModule {
  static forRoot(parts: ServiceParts): DynamicModule {
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
          provide: TaskProtection,
          useFactory: () => new TaskProtection({ agentUri: parts.config.ECS_AGENT_URI, logger: parts.logger }),
        },
        ...observers(parts),
      ],
      exports: [CONFIG, LOGGER, ReadinessRegistry, Lifecycle, InFlight, Metrics, TaskProtection, Tracing],
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
