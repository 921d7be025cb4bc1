import {
  type Approval,
  type DecideApproval,
  type Order,
  approvalSchema,
  decideApprovalSchema,
  idSchema,
  orderSchema,
} from '@lethe/contracts';
import { LiveSession, Roles } from '@lethe/identity';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { DecideOnApproval } from './decide-approval.js';
import { ReleaseOrder } from './release-order.js';

/** What the staff decides about an order's way to the customer. */
@ApiTags('orders')
@Roles('admin')
@LiveSession()
@Controller('orders/:id')
export class FulfilmentController {
  constructor(private readonly commands: CommandBus) {}

  @Post('fulfilment')
  @HttpCode(202)
  @ApiResponse({ status: 202, description: 'The order, with the warehouse now.', standardSchema: orderSchema })
  release(@Param('id', { schema: idSchema }) id: string): Promise<Order> {
    return this.commands.execute(new ReleaseOrder(id));
  }

  @Post('approvals')
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'Decided, now or before.', standardSchema: approvalSchema })
  decide(
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: decideApprovalSchema }) body: DecideApproval,
  ): Promise<Approval> {
    return this.commands.execute(new DecideOnApproval(id, body));
  }
}
