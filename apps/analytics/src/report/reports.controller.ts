import {
  type Funnel,
  type Sales,
  type TopProducts,
  funnelSchema,
  periodQuerySchema,
  salesQuerySchema,
  salesSchema,
  topProductsQuerySchema,
  topProductsSchema,
} from '@lethe/contracts';
import { Roles } from '@lethe/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { FindFunnel } from './find-funnel.js';
import { FindSales } from './find-sales.js';
import { FindTopProducts } from './find-top-products.js';
import { periodOf } from './period.js';

/** What analysts ask. */
@ApiTags('reports')
@Roles('analyst')
@Controller('analytics')
export class ReportsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('sales')
  @ApiResponse({ status: 200, standardSchema: salesSchema })
  async sales(@Query({ schema: salesQuerySchema }) query: z.output<typeof salesQuerySchema>): Promise<Sales> {
    return this.queries.execute(new FindSales(periodOf(query), query.bucket));
  }

  @Get('top-products')
  @ApiResponse({ status: 200, standardSchema: topProductsSchema })
  async topProducts(
    @Query({ schema: topProductsQuerySchema }) query: z.output<typeof topProductsQuerySchema>,
  ): Promise<TopProducts> {
    return this.queries.execute(new FindTopProducts(periodOf(query), query.limit));
  }

  @Get('funnel')
  @ApiResponse({ status: 200, standardSchema: funnelSchema })
  async funnel(@Query({ schema: periodQuerySchema }) query: z.output<typeof periodQuerySchema>): Promise<Funnel> {
    return this.queries.execute(new FindFunnel(periodOf(query)));
  }
}
