import { AwsClients } from '@lethe/aws';
import { Clicks } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { LOGGER, type Logger, Metrics } from '@lethe/service-kit';
import { ConsumerGroup, StreamProducer } from '@lethe/streaming';
import { PostgresCheckpoints } from '@lethe/streaming/postgres';
import { type Topology, streamName } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import type { AnalyticsConfig } from '../analytics.config.js';
import { LakeLog } from '../lake/lake-log.js';
import { AcceptClicksHandler } from './accept-clicks.js';
import { APPLICATION, clickGroup } from './click-group.js';
import { ClickStream } from './click-stream.js';
import { ClicksController } from './clicks.controller.js';
import { RecordClicksHandler } from './record-clicks.js';

export interface ClickModuleOptions {
  readonly topology: Topology;
  /** Name of this replica in the leases. */
  readonly worker: string;
  /** Who writes clicks into the lake. */
  readonly lakeClicks: AnalyticsConfig['LAKE_CLICKS'];
}

/** Clicks: taken over HTTP into the stream, and from the stream, by every replica its share, into rows. */
@Module({})
export class ClickModule {
  static forRoot({ topology, worker, lakeClicks }: ClickModuleOptions): DynamicModule {
    const stream = streamName(topology.name, Clicks);
    return {
      module: ClickModule,
      imports: [CqrsModule],
      controllers: [ClicksController],
      providers: [
        AcceptClicksHandler,
        { provide: LakeLog, useValue: new LakeLog(lakeClicks === 'firehose' ? ['click'] : []) },
        RecordClicksHandler,
        ClickStream,
        {
          provide: StreamProducer,
          inject: [AwsClients],
          useFactory: (clients: AwsClients) => new StreamProducer({ definition: Clicks, stream, clients }),
        },
        {
          provide: PostgresCheckpoints,
          inject: [Database],
          useFactory: (database: Database) => new PostgresCheckpoints({ database, application: APPLICATION }),
        },
        {
          provide: ConsumerGroup,
          inject: [AwsClients, CommandBus, PostgresCheckpoints, LOGGER, Metrics],
          useFactory: (
            clients: AwsClients,
            commands: CommandBus,
            checkpoints: PostgresCheckpoints,
            logger: Logger,
            metrics: Metrics,
          ) => clickGroup({ topology, worker, clients, commands, checkpoints, logger, metrics }),
        },
      ],
    };
  }
}
