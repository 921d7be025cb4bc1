import { Module } from '@nestjs/common';
import { OrderModule } from '../order/order.module.js';
import { RefundOrderHandler } from './refund-order.js';
import { ReturnGoodsHandler } from './return-goods.js';
import { ReturnsController } from './returns.controller.js';

/** What comes back of orders, and the money for it. */
@Module({
  imports: [OrderModule],
  controllers: [ReturnsController],
  providers: [ReturnGoodsHandler, RefundOrderHandler],
})
export class ReturnsModule {}
