import { Database } from '@lethe/database';
import type { ServiceDefinition } from '@lethe/topology';
import {
  type DynamicModule,
  Inject,
  type InjectionToken,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type CommandWriter, Ticker, type TickerOptions } from './postgres/ticker.js';

export interface SchedulesModuleOptions extends TickerOptions {
  readonly service: ServiceDefinition;
  /** Injects what writes the commands: `Outbox` of @lethe/outbox. */
  readonly writer: InjectionToken<CommandWriter>;
}

/** Lets a replica fire the schedules that are kept in Postgres. With EventBridge there is nothing to run: leave it out. */
@Module({})
export class SchedulesModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Ticker) private readonly ticker: Ticker) {}

  static forRoot({ service, writer, ...options }: SchedulesModuleOptions): DynamicModule {
    return {
      module: SchedulesModule,
      providers: [
        {
          provide: Ticker,
          inject: [Database, writer],
          useFactory: (database: Database, outbox: CommandWriter) => new Ticker(database, outbox, service, options),
        },
      ],
      exports: [Ticker],
    };
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }
}
