import { z } from 'zod';
import { idSchema, timeSchema } from './values.js';

/** A period to compare, its end not included. A year at most. */
export const createReconciliationSchema = z
  .strictObject({ from: timeSchema, to: timeSchema })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be after from' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= 366 * 86_400_000, {
    path: ['to'],
    error: 'must be within 366 days of from',
  });

/**
 * What does not agree. `missing`: our books have it, the provider does not; `extra`: the other way round; else both have
 * it, and its amount, its currency or how it stands differs.
 */
export const differenceSchema = z
  .object({
    kind: z.enum(['missing', 'extra', 'amount', 'currency', 'status']),
    subject: z.enum(['order', 'payment', 'refund']).describe('`order`: the order and its own payment disagree.'),
    orderId: idSchema.optional(),
    paymentId: z.string().optional().describe("The provider's."),
    refundId: z.string().optional().describe('Ours, or the provider’s where we have none.'),
    ours: z.string().optional().describe('What our books say.'),
    theirs: z.string().optional().describe('What the provider says.'),
  })
  .meta({ id: 'Difference' });

export const reconciliationSchema = z
  .object({
    id: idSchema,
    from: timeSchema,
    to: timeSchema,
    until: timeSchema.optional().describe('How far it got: what may still be in flight is left to the next.'),
    status: z.enum(['running', 'done']),
    requestedAt: timeSchema,
    finishedAt: timeSchema.optional(),
    scheduledAt: timeSchema.optional().describe('The tick of the schedule that asked for it, if one did.'),
    payments: z.int().describe("The provider's payments that were compared."),
    refunds: z.int().describe("The provider's refunds that were compared."),
    differences: z.int(),
    items: z.array(differenceSchema).describe('A page of the differences.'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Reconciliation' });
export const reconciliationQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
});
export const startedReconciliationSchema = z.object({ id: idSchema }).meta({ id: 'StartedReconciliation' });

export type CreateReconciliation = z.output<typeof createReconciliationSchema>;
export type Difference = z.output<typeof differenceSchema>;
export type Reconciliation = z.output<typeof reconciliationSchema>;
export type ReconciliationQuery = z.output<typeof reconciliationQuerySchema>;
