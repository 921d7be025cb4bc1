import { AwsClients } from '@lethe/aws';
import { Clicks, leasesTable } from '@lethe/contracts';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { ConsumerGroup, StreamProducer } from '@lethe/streaming';
import { type Topology, streamName } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { LakeModule } from '../lake/lake.module.js';
import { AcceptClicksHandler } from './accept-clicks.js';
import { logConsumer } from './click-log.js';
import { ClickStream } from './click-stream.js';
import { ClicksController } from './clicks.controller.js';
import { RecordClicks, RecordClicksHandler } from './record-clicks.js';

export interface ClickModuleOptions {
  readonly topology: Topology;
  /** Name of this replica in the leases. */
  readonly worker: string;
}

/** Clicks: taken over HTTP into the stream, and from the stream, by every replica its share, into rows. */
@Module({})
export class ClickModule {
  static forRoot({ topology, worker }: ClickModuleOptions): DynamicModule {
    const stream = streamName(topology.name, Clicks);
    return {
      module: ClickModule,
      imports: [CqrsModule, LakeModule],
      controllers: [ClicksController],
      providers: [
        AcceptClicksHandler,
        RecordClicksHandler,
        ClickStream,
        {
          provide: StreamProducer,
          inject: [AwsClients],
          useFactory: (clients: AwsClients) => new StreamProducer({ definition: Clicks, stream, clients }),
        },
        {
          provide: ConsumerGroup,
          inject: [AwsClients, CommandBus, LOGGER],
          useFactory: (clients: AwsClients, commands: CommandBus, logger: Logger) =>
            new ConsumerGroup({
              definition: Clicks,
              stream,
              application: 'analytics',
              worker,
              leaseTable: leasesTable.name,
              clients,
              // What a batch costs besides its events is shared by more of them.
              batchSize: 2_000,
              handle: (batch) => commands.execute(new RecordClicks(batch)),
              onEvent: logConsumer(logger),
            }),
        },
      ],
    };
  }
}
