import { AwsClients } from '@lethe/aws';
import { Database } from '@lethe/database';
import { MessagePublisher } from '@lethe/messaging';
import type { ServiceDefinition, Topology } from '@lethe/topology';
import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { Relay } from './relay/relay.js';
import type { RelayOptions } from './relay/relay.options.js';
import { Wake } from './relay/wake.js';
import { UnitOfWork } from './unit-of-work.js';

export interface OutboxModuleOptions extends RelayOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  /** The AWS account that owns the topics and queues. */
  readonly accountId: string;
}

/**
 * Provides {@link UnitOfWork}, {@link Outbox}, {@link Inbox} and a running {@link Relay} to the whole application. Needs `Database` and
 * `AwsClients`. At shutdown the relay finishes its batch; the database is closed later, by whoever opened it.
 */
@Module({})
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Relay) private readonly relay: Relay) {}

  static forRoot({ service, topology, accountId, ...options }: OutboxModuleOptions): DynamicModule {
    return {
      module: OutboxModule,
      global: true,
      providers: [
        { provide: Wake, inject: [Database], useFactory: (database: Database) => new Wake(database) },
        { provide: Outbox, inject: [Wake], useFactory: (bell: Wake) => new Outbox(service, bell) },
        {
          provide: UnitOfWork,
          inject: [Database, Outbox],
          useFactory: (database: Database, outbox: Outbox) => new UnitOfWork(database, outbox),
        },
        {
          provide: Inbox,
          inject: [Database, Outbox],
          useFactory: (database: Database, outbox: Outbox) => new Inbox(database, outbox),
        },
        {
          provide: Relay,
          inject: [Database, AwsClients, Wake],
          useFactory: (database: Database, clients: AwsClients, bell: Wake) =>
            new Relay(database, new MessagePublisher({ topology, clients, accountId }), service, bell, options),
        },
      ],
      exports: [UnitOfWork, Outbox, Inbox, Relay],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}
