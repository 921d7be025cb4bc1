import { Metrics } from '@lethe/service-kit';
import { Module } from '@nestjs/common';
import { OrderModule } from '../order/order.module.js';
import { RemindOfOrderHandler } from '../order/saga/remind-order.js';
import { GiveBackPaymentHandler } from './give-back-payment.js';
import { HearNoticeHandler } from './hear-notice.js';
import { PayOrderHandler } from './pay-order.js';
import { PaymentMetrics } from './payment.metrics.js';
import { PaymentProcess } from './payment.process.js';
import { PaymentsController } from './payments.controller.js';
import { RefundMoneyHandler } from './refund-payment.js';

/** The money of orders: asked for, taken, given back; and the time-outs that ask what became of it. */
@Module({
  imports: [OrderModule],
  controllers: [PaymentProcess, PaymentsController],
  providers: [
    PayOrderHandler,
    GiveBackPaymentHandler,
    RefundMoneyHandler,
    HearNoticeHandler,
    RemindOfOrderHandler,
    {
      provide: PaymentMetrics,
      inject: [Metrics],
      useFactory: ({ registry }: Metrics) => new PaymentMetrics(registry),
    },
  ],
})
export class PaymentModule {}
