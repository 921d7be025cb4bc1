import { z } from 'zod';
import { MAX_ORDER_LINES, idSchema, moneySchema, quantitySchema, timeSchema } from './values.js';

const returnedItem = z.object({ productId: idSchema, quantity: quantitySchema });
const reason = z.string().trim().min(1).max(500);

export const refundStatusSchema = z.enum(['requested', 'succeeded', 'failed']);
export type RefundStatus = z.output<typeof refundStatusSchema>;

/** Goods of an order that came back. */
export const createReturnSchema = z.strictObject({
  items: z.array(returnedItem.strict()).min(1).max(MAX_ORDER_LINES),
  reason,
});
/** Money that goes back without goods. */
export const createRefundSchema = z.strictObject({
  amount: moneySchema
    .extend({ amount: z.int().min(1) })
    .strict()
    .meta({ id: 'PositiveMoney' })
    .optional()
    .describe('Default: all that was paid and not given back yet.'),
  reason,
});

export const refundSchema = z
  .object({
    id: idSchema,
    amount: moneySchema,
    status: refundStatusSchema,
    reason: z.string(),
    requestedAt: timeSchema,
    settledAt: timeSchema.optional().describe('When the provider had given it back, or had refused to.'),
    returnId: idSchema.optional().describe('The return that it is for.'),
  })
  .meta({ id: 'Refund' });
export const orderReturnSchema = z
  .object({ id: idSchema, items: z.array(returnedItem), reason: z.string(), at: timeSchema })
  .meta({ id: 'OrderReturn' });
export const createdReturnSchema = z
  .object({
    id: idSchema,
    refund: z
      .object({ id: idSchema, amount: moneySchema })
      .optional()
      .describe('None where nothing of what these goods cost is left to give back.'),
  })
  .meta({ id: 'CreatedReturn' });

export type CreateReturn = z.output<typeof createReturnSchema>;
export type CreateRefund = z.output<typeof createRefundSchema>;
export type Refund = z.output<typeof refundSchema>;
export type OrderReturn = z.output<typeof orderReturnSchema>;
export type CreatedReturn = z.output<typeof createdReturnSchema>;
