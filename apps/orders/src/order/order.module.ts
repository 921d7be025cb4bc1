import { Module } from '@nestjs/common';
import { CartModule } from '../cart/cart.module.js';
import { FindOrdersHandler } from '../order-lists/find-orders.js';
import { SearchOrdersHandler } from '../order-lists/search-orders.js';
import { CancelOrderHandler } from './cancel-order.js';
import { DeliverOrderHandler } from './deliver-order.js';
import { GetOrderHandler } from './get-order.js';
import { OrderController } from './order.controller.js';
import { OrderProcess } from './saga/order.process.js';
import { OrderSaga } from './saga/order.saga.js';
import { OverdueOrders } from './saga/overdue-orders.js';
import { PlaceOrderHandler } from './place/place-order.js';
import { RejectOrderHandler } from './saga/reject-order.js';
import { ReserveOrderHandler } from './saga/reserve-order.js';

/** Orders: what customers do with them, and what messages do. */
@Module({
  imports: [CartModule],
  controllers: [OrderController, OrderProcess],
  providers: [
    PlaceOrderHandler,
    CancelOrderHandler,
    DeliverOrderHandler,
    GetOrderHandler,
    FindOrdersHandler,
    SearchOrdersHandler,
    ReserveOrderHandler,
    RejectOrderHandler,
    OrderSaga,
    OverdueOrders,
  ],
  exports: [OrderSaga],
})
export class OrderModule {}
