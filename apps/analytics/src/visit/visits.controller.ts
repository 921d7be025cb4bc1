import {
  type SessionReport,
  type VisitorPage,
  sessionReportQuerySchema,
  sessionReportSchema,
  visitorPageSchema,
  visitorQuerySchema,
} from '@lethe/contracts';
import { Roles } from '@lethe/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { periodOf } from '../report/period.js';
import { FindVisitors } from '../visitor/find-visitors.js';
import { FindSessions } from './find-sessions.js';

/** Who came, and what came of it. */
@ApiTags('visits')
@Roles('analyst')
@Controller('analytics')
export class VisitsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('visitors')
  @ApiResponse({ status: 200, standardSchema: visitorPageSchema })
  async visitors(
    @Query({ schema: visitorQuerySchema }) query: z.output<typeof visitorQuerySchema>,
  ): Promise<VisitorPage> {
    const { bucket, limit, cursor } = query;
    return this.queries.execute(new FindVisitors({ period: periodOf(query), bucket, limit, cursor }));
  }

  @Get('sessions')
  @ApiResponse({ status: 200, standardSchema: sessionReportSchema })
  async sessions(
    @Query({ schema: sessionReportQuerySchema }) query: z.output<typeof sessionReportQuerySchema>,
  ): Promise<SessionReport> {
    const { bucket, limit, cursor } = query;
    return this.queries.execute(new FindSessions({ period: periodOf(query), bucket, limit, cursor }));
  }
}
