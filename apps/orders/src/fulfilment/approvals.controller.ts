import { type OpenApprovals, openApprovalsSchema } from '@lethe/contracts';
import { LiveSession, Roles } from '@lethe/identity';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { FindOpenApprovals } from './find-approvals.js';

/** What waits for a decision of the staff. */
@ApiTags('orders')
@Roles('admin')
@LiveSession()
@Controller('orders/approvals')
export class ApprovalsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiResponse({ status: 200, description: 'The oldest first.', standardSchema: openApprovalsSchema })
  list(): Promise<OpenApprovals> {
    return this.queries.execute(new FindOpenApprovals());
  }
}
