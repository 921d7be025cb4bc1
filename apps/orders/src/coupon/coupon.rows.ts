import type { Coupon } from '@lethe/contracts';
import { DatabaseError, type Querier } from '@lethe/database';
import { CouponRefusedError } from '../orders.errors.js';
import { type CouponRow, FIND_USABLE_COUPON } from './coupon.sql.js';

/** The coupon as the staff sees it. */
export function couponOf(row: CouponRow): Coupon {
  return {
    code: row.code,
    percent: row.percent,
    validFrom: row.valid_from.toISOString(),
    validUntil: row.valid_until?.toISOString() ?? null,
    maxUses: row.max_uses,
    maxUsesPerCustomer: row.max_uses_per_customer,
    used: row.used,
    endedAt: row.ended_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}

/**
 * Per cent that the coupon takes off for the customer now; the statement that uses it decides. Throws a
 * {@link CouponRefusedError}, the same for a code that is unknown, not valid (any more), or used up.
 */
export async function percentOffBy(querier: Querier, code: string, customerId: string): Promise<number> {
  const [row] = await querier.query<{ percent: number }>(FIND_USABLE_COUPON, [code, customerId]);
  if (row === undefined) throw new CouponRefusedError();
  return row.percent;
}

/** The error of a statement that found the coupon not usable when it wanted to use it, as a {@link CouponRefusedError}. */
export function couponRefusal(error: unknown): unknown {
  const refused = error instanceof DatabaseError && error.constraint === 'orders_coupon_used';
  return refused ? new CouponRefusedError(error) : error;
}
