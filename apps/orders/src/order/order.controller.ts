import {
  type Order,
  type OrderPage,
  type OrderQuery,
  type PlaceOrder,
  idSchema,
  orderPageSchema,
  orderQuerySchema,
  orderSchema,
  placeOrderSchema,
  placedOrderSchema,
} from '@lethe/contracts';
import { IdempotencyKey, applyOutcome } from '@lethe/idempotency';
import { CurrentUser, LiveSession, type Principal, Roles } from '@lethe/identity';
import { RateLimit } from '@lethe/rate-limits/nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FindOrders } from '../order-lists/find-orders.js';
import { SearchOrders, isSearch } from '../order-lists/search-orders.js';
import { ScopeForbiddenError } from '../orders.errors.js';
import { CancelOrder } from './cancel-order.js';
import { DeliverOrder } from './deliver-order.js';
import { GetOrder } from './get-order.js';
import { customerOf, isAdmin } from './order.access.js';
import { PlaceOrderOnce } from './place/place-order.js';

/** Orders over HTTP. */
@ApiTags('orders')
@Controller('orders')
export class OrderController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @LiveSession()
  @RateLimit('place-order')
  @HttpCode(202)
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: '1 to 255 visible ASCII characters.' })
  @ApiResponse({
    status: 202,
    description: 'Placed; what became of it is at Location.',
    standardSchema: placedOrderSchema,
  })
  async place(
    @Body({ schema: placeOrderSchema }) body: PlaceOrder,
    @IdempotencyKey() key: string,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const buyer = { id: user.id, mayBackdate: isAdmin(user) };
    return applyOutcome(reply, await this.commands.execute(new PlaceOrderOnce(buyer, key, body)));
  }

  @Get()
  @ApiResponse({ status: 200, description: 'Newest first.', standardSchema: orderPageSchema })
  list(
    @Query({ schema: orderQuerySchema }) { scope, ...query }: OrderQuery,
    @CurrentUser() user: Principal,
  ): Promise<OrderPage> {
    if (scope === 'all' && !isAdmin(user)) throw new ScopeForbiddenError();
    if (scope === 'mine' && query.customer !== undefined) throw new ScopeForbiddenError();
    const search = scope === 'mine' ? { ...query, customer: user.id } : query;
    if (isSearch(query)) return this.queries.execute(new SearchOrders(search));
    return this.queries.execute(new FindOrders(scope === 'all' ? null : user.id, query.limit, query.cursor));
  }

  @Get(':id')
  @ApiResponse({ status: 200, description: 'The order with its history.', standardSchema: orderSchema })
  get(@Param('id', { schema: idSchema }) id: string, @CurrentUser() user: Principal): Promise<Order> {
    return this.queries.execute(new GetOrder(id, customerOf(user)));
  }

  @Post(':id/cancel')
  @LiveSession()
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'The order, now or already cancelled.', standardSchema: orderSchema })
  cancel(@Param('id', { schema: idSchema }) id: string, @CurrentUser() user: Principal): Promise<Order> {
    return this.commands.execute(new CancelOrder(id, customerOf(user)));
  }

  @Post(':id/delivery')
  @Roles('admin')
  @LiveSession()
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'The order, now or already delivered.', standardSchema: orderSchema })
  deliver(@Param('id', { schema: idSchema }) id: string): Promise<Order> {
    return this.commands.execute(new DeliverOrder(id));
  }
}
