import type { CouponPage, CouponQuery } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { couponOf } from './coupon.rows.js';
import { type CouponRow, LIST_COUPONS } from './coupon.sql.js';

/** A page of coupons, by code. */
export class FindCoupons extends Query<CouponPage> {
  constructor(readonly query: CouponQuery) {
    super();
  }
}

@QueryHandler(FindCoupons)
export class FindCouponsHandler implements IQueryHandler<FindCoupons> {
  constructor(private readonly database: Database) {}

  async execute({ query: { limit, cursor = '' } }: FindCoupons): Promise<CouponPage> {
    const rows = await this.database.query<CouponRow>(LIST_COUPONS, [cursor, limit + 1]);
    const items = rows.slice(0, limit).map(couponOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.code ?? null) : null };
  }
}
