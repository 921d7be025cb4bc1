import {
  type Coupon,
  type CouponPage,
  type CouponQuery,
  type CreateCoupon as CouponInput,
  couponCodeSchema,
  couponPageSchema,
  couponQuerySchema,
  couponSchema,
  createCouponSchema,
} from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { Idempotent, IdempotentContext } from '@lethe/idempotency';
import { LiveSession, Roles } from '@lethe/identity';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CreateCoupon } from './create-coupon.js';
import { EndCoupon } from './end-coupon.js';
import { FindCoupons } from './find-coupons.js';

/** Coupons over HTTP, for the staff alone: customers name them in their orders. */
@ApiTags('coupons')
@Controller('orders/coupons')
@Roles('admin')
export class CouponsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiResponse({ status: 200, description: 'By code.', standardSchema: couponPageSchema })
  find(@Query({ schema: couponQuerySchema }) query: CouponQuery): Promise<CouponPage> {
    return this.queries.execute(new FindCoupons(query));
  }

  @Post()
  @LiveSession()
  @Idempotent({ required: false })
  @HttpCode(201)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 visible ASCII characters.' })
  @ApiResponse({ status: 201, standardSchema: couponSchema })
  create(
    @Body({ schema: createCouponSchema }) coupon: CouponInput,
    @IdempotentContext() tx: Tx | undefined,
  ): Promise<Coupon> {
    return this.commands.execute(new CreateCoupon(coupon, tx));
  }

  @Post(':code/end')
  @LiveSession()
  @HttpCode(200)
  @ApiResponse({ status: 200, description: 'The coupon, now or already ended.', standardSchema: couponSchema })
  end(@Param('code', { schema: couponCodeSchema }) code: string): Promise<Coupon> {
    return this.commands.execute(new EndCoupon(code));
  }
}
