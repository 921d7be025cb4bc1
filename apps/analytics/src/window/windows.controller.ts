import {
  type SlidingQuery,
  type SlidingWindows,
  type WindowPage,
  slidingQuerySchema,
  slidingSchema,
  windowPageSchema,
  windowQuerySchema,
} from '@lethe/contracts';
import { Roles } from '@lethe/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { periodOf } from '../report/period.js';
import { FindSlidingWindows } from './find-sliding-windows.js';
import { FindWindows } from './find-windows.js';

/** Sales in windows of time. */
@ApiTags('windows')
@Roles('analyst')
@Controller('analytics/windows')
export class WindowsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: windowPageSchema })
  async tumbling(@Query({ schema: windowQuerySchema }) query: z.output<typeof windowQuerySchema>): Promise<WindowPage> {
    const { dimension, bucket: grain, key, limit, cursor } = query;
    return this.queries.execute(new FindWindows({ dimension, grain, key, period: periodOf(query), limit, cursor }));
  }

  @Get('sliding')
  @ApiResponse({ status: 200, standardSchema: slidingSchema })
  async sliding(@Query({ schema: slidingQuerySchema }) query: SlidingQuery): Promise<SlidingWindows> {
    return this.queries.execute(new FindSlidingWindows(query));
  }
}
