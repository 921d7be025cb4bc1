import type { Coupon } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CouponNotFoundError } from '../orders.errors.js';
import { couponOf } from './coupon.rows.js';
import { type CouponRow, END_COUPON } from './coupon.sql.js';

/** Ends a coupon: orders that use it keep their discount. Ending it again changes nothing. Throws a {@link CouponNotFoundError}. */
export class EndCoupon extends Command<Coupon> {
  constructor(readonly code: string) {
    super();
  }
}

@CommandHandler(EndCoupon)
export class EndCouponHandler implements ICommandHandler<EndCoupon> {
  constructor(private readonly database: Database) {}

  async execute({ code }: EndCoupon): Promise<Coupon> {
    const [row] = await this.database.query<CouponRow>(END_COUPON, [code]);
    if (row === undefined) throw new CouponNotFoundError(code);
    return couponOf(row);
  }
}
