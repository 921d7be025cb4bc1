import {
  type FulfilmentStep,
  type FulfilmentStepAnswer,
  type RefundStep,
  type RefundStepAnswer,
  fulfilmentStepAnswerSchema,
  fulfilmentStepSchema,
  idSchema,
  refundStepAnswerSchema,
  refundStepSchema,
} from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { TakeFulfilmentStep } from './take-step.js';
import { TakeRefundStep } from './take-refund-step.js';

/** The steps of workflows, for the functions that state machines invoke. Each may be asked for as often as it takes. */
@ApiTags('workflow steps')
@Services('functions')
@Controller('orders/internal')
export class StepsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('fulfilments/:orderId/:step')
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'Done, now or before.', standardSchema: fulfilmentStepAnswerSchema })
  fulfil(
    @Param('orderId', { schema: idSchema }) orderId: string,
    @Param('step', { schema: fulfilmentStepSchema }) step: FulfilmentStep,
  ): Promise<FulfilmentStepAnswer> {
    return this.commands.execute(new TakeFulfilmentStep(orderId, step));
  }

  @Post('refunds/:refundId/:step')
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'Done, now or before.', standardSchema: refundStepAnswerSchema })
  refund(
    @Param('refundId', { schema: idSchema }) refundId: string,
    @Param('step', { schema: refundStepSchema }) step: RefundStep,
  ): Promise<RefundStepAnswer> {
    return this.commands.execute(new TakeRefundStep(refundId, step));
  }
}
