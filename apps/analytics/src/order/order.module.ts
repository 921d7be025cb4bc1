import { Metrics } from '@lethe/service-kit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LakeModule } from '../lake/lake.module.js';
import { OrderMetrics } from './order.metrics.js';
import { OrderProcess } from './order.process.js';
import { RecordOrderHandler } from './record-order.js';
import { RecordRefundHandler } from './record-refund.js';
import { RecordReturnHandler } from './record-return.js';

/** Orders as facts: heard from the queue, kept for the reports. */
@Module({
  imports: [CqrsModule, LakeModule],
  controllers: [OrderProcess],
  providers: [
    { provide: OrderMetrics, inject: [Metrics], useFactory: (metrics: Metrics) => new OrderMetrics(metrics) },
    RecordOrderHandler,
    RecordRefundHandler,
    RecordReturnHandler,
  ],
})
export class OrderModule {}
