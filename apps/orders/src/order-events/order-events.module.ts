import { Database } from '@lethe/database';
import { Module } from '@nestjs/common';
import { OrderEventsController } from './order-events.controller.js';
import { OrderStreams } from './order-streams.js';
import { StreamOrderHandler } from './stream-order.js';

/** Orders as they change, over server-sent events. */
@Module({
  controllers: [OrderEventsController],
  providers: [
    { provide: OrderStreams, inject: [Database], useFactory: (database: Database) => new OrderStreams(database) },
    StreamOrderHandler,
  ],
})
export class OrderEventsModule {}
