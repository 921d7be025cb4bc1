import { Module } from '@nestjs/common';
import { CouponsController } from './coupons.controller.js';
import { CreateCouponHandler } from './create-coupon.js';
import { EndCouponHandler } from './end-coupon.js';
import { FindCouponsHandler } from './find-coupons.js';

/** Coupons: what the staff does with them. Orders use them in the statement that places them. */
@Module({
  controllers: [CouponsController],
  providers: [CreateCouponHandler, EndCouponHandler, FindCouponsHandler],
})
export class CouponModule {}
