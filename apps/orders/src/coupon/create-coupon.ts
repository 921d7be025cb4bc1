import type { Coupon, CreateCoupon as CouponInput } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOfChange } from '../order/order.rows.js';
import { CouponExistsError } from '../orders.errors.js';
import { couponOf } from './coupon.rows.js';
import { CREATE_COUPON, type CouponRow } from './coupon.sql.js';

/** A new coupon. Throws a {@link CouponExistsError}: a code is never used again, not even after its coupon has ended. */
export class CreateCoupon extends Command<Coupon> {
  constructor(
    readonly coupon: CouponInput,
    /** Of its idempotency key, where it has one. */
    readonly tx?: Tx,
  ) {
    super();
  }
}

@CommandHandler(CreateCoupon)
export class CreateCouponHandler implements ICommandHandler<CreateCoupon> {
  constructor(private readonly database: Database) {}

  async execute({ coupon, tx }: CreateCoupon): Promise<Coupon> {
    const { code, percent, validFrom, validUntil, maxUses, maxUsesPerCustomer } = coupon;
    const [row] = await (tx ?? this.database).query<CouponRow>(CREATE_COUPON, [
      code,
      percent,
      validFrom ?? null,
      validUntil ?? null,
      maxUses ?? null,
      maxUsesPerCustomer ?? null,
      actorOfChange(),
    ]);
    if (row === undefined) throw new CouponExistsError(code);
    return couponOf(row);
  }
}
