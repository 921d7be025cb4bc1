import {
  type CreateRefund,
  type CreateReturn,
  createRefundSchema,
  createReturnSchema,
  createdReturnSchema,
  idSchema,
  refundSchema,
} from '@lethe/contracts';
import { IdempotencyKey, applyOutcome } from '@lethe/idempotency';
import { CurrentUser, LiveSession, type Principal, Roles } from '@lethe/identity';
import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RefundOrder } from './refund-order.js';
import { ReturnGoods } from './return-goods.js';

const KEY = { name: 'Idempotency-Key', required: true, description: '1 to 255 visible ASCII characters.' };

/** What the staff gives back: goods to the shelf, money to the customer. */
@ApiTags('orders')
@Roles('admin')
@LiveSession()
@Controller('orders/:id')
export class ReturnsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('returns')
  @HttpCode(201)
  @ApiHeader(KEY)
  @ApiResponse({
    status: 201,
    description: 'Taken back; the money is on its way.',
    standardSchema: createdReturnSchema,
  })
  async returnGoods(
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: createReturnSchema }) body: CreateReturn,
    @IdempotencyKey() key: string,
    @CurrentUser() { id: principal }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return applyOutcome(reply, await this.commands.execute(new ReturnGoods(id, body, { principal, key })));
  }

  @Post('refunds')
  @HttpCode(201)
  @ApiHeader(KEY)
  @ApiResponse({ status: 201, description: 'The money is on its way.', standardSchema: refundSchema })
  async refund(
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: createRefundSchema }) body: CreateRefund,
    @IdempotencyKey() key: string,
    @CurrentUser() { id: principal }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return applyOutcome(reply, await this.commands.execute(new RefundOrder(id, body, { principal, key })));
  }
}
