import { Module } from '@nestjs/common';
import { OrderModule } from '../order/order.module.js';
import { DecideOnApprovalHandler } from './decide-approval.js';
import { FulfilmentController } from './fulfilment.controller.js';
import { ReleaseOrderHandler } from './release-order.js';
import { StepsController } from './steps.controller.js';
import { TakeFulfilmentStepHandler } from './take-step.js';
import { TakeRefundStepHandler } from './take-refund-step.js';

/** The way of an order from the shelf to the customer, and of a refund: what the staff decides, and the workflows' steps. */
@Module({
  imports: [OrderModule],
  controllers: [FulfilmentController, StepsController],
  providers: [ReleaseOrderHandler, DecideOnApprovalHandler, TakeFulfilmentStepHandler, TakeRefundStepHandler],
})
export class FulfilmentModule {}
