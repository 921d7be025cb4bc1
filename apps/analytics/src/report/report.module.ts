import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FindFunnelHandler } from './find-funnel.js';
import { FindSalesHandler } from './find-sales.js';
import { FindTopProductsHandler } from './find-top-products.js';
import { ReportsController } from './reports.controller.js';

/** What analysts ask, answered from the facts. */
@Module({
  imports: [CqrsModule],
  controllers: [ReportsController],
  providers: [FindFunnelHandler, FindSalesHandler, FindTopProductsHandler],
})
export class ReportModule {}
