import { z } from 'zod';
import { couponCodeSchema } from './orders.http.js';
import { timeSchema } from './values.js';

const uses = z.int().min(1).max(1_000_000_000);

/** A coupon takes so many per cent off the subtotal of an order. */
export const createCouponSchema = z
  .strictObject({
    code: couponCodeSchema,
    percent: z.int().min(1).max(100),
    validFrom: timeSchema.optional().describe('Now, where it is left out.'),
    validUntil: timeSchema.optional().describe('The first moment at which it is not valid any more.'),
    maxUses: uses.optional().describe('Orders that may use it, of all customers together.'),
    maxUsesPerCustomer: uses.optional(),
  })
  .refine(({ validFrom, validUntil }) => !validFrom || !validUntil || Date.parse(validFrom) < Date.parse(validUntil), {
    path: ['validUntil'],
    message: 'must be after validFrom',
  });
export const couponSchema = z
  .object({
    code: couponCodeSchema,
    percent: z.int(),
    validFrom: timeSchema,
    validUntil: timeSchema.nullable(),
    maxUses: z.int().nullable(),
    maxUsesPerCustomer: z.int().nullable(),
    used: z.int().describe('Orders that use it and have not ended unsold.'),
    endedAt: timeSchema.nullable().describe('When the staff ended it.'),
    createdAt: timeSchema,
  })
  .meta({ id: 'Coupon' });
export const couponPageSchema = z
  .object({ items: z.array(couponSchema), nextCursor: couponCodeSchema.nullable() })
  .meta({ id: 'CouponPage' });
export const couponQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The code after which the page begins. */
  cursor: couponCodeSchema.optional(),
});

export type CreateCoupon = z.output<typeof createCouponSchema>;
export type Coupon = z.output<typeof couponSchema>;
export type CouponPage = z.output<typeof couponPageSchema>;
export type CouponQuery = z.output<typeof couponQuerySchema>;
