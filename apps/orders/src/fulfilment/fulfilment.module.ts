import { Module } from '@nestjs/common';
import { OrderModule } from '../order/order.module.js';
import { ApprovalsController } from './approvals.controller.js';
import { DecideOnApprovalHandler } from './decide-approval.js';
import { FindOpenApprovalsHandler } from './find-approvals.js';
import { FulfilmentController } from './fulfilment.controller.js';
import { ReleaseOrderHandler } from './release-order.js';
import { StepsController } from './steps.controller.js';
import { TakeFulfilmentStepHandler } from './take-step.js';
import { TakeRefundStepHandler } from './take-refund-step.js';

/** The way of an order from the shelf to the customer, and of a refund: what the staff decides, and the workflows' steps. */
@Module({
  imports: [OrderModule],
  controllers: [ApprovalsController, FulfilmentController, StepsController],
  providers: [
    ReleaseOrderHandler,
    DecideOnApprovalHandler,
    FindOpenApprovalsHandler,
    TakeFulfilmentStepHandler,
    TakeRefundStepHandler,
  ],
})
export class FulfilmentModule {}
