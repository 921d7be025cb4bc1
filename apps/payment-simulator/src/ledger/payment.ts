import { z } from 'zod';

const metadataSchema = z.record(z.string(), z.string());

/** Why a card was refused. */
export const refusalSchema = z.object({ code: z.string(), declineCode: z.string().optional(), message: z.string() });
export type Refusal = z.output<typeof refusalSchema>;

/** Money given back. */
export const refundSchema = z.object({
  id: z.string(),
  amount: z.int(),
  /** Seconds since 1970, as everywhere in Stripe's API. */
  created: z.int(),
  status: z.enum(['pending', 'succeeded', 'failed']),
  metadata: metadataSchema,
  reason: z.string().optional(),
  /** What becomes of it by itself, and when (milliseconds since 1970). */
  settles: z.object({ at: z.number(), as: z.enum(['succeeded', 'failed']) }).optional(),
});
export type Refund = z.output<typeof refundSchema>;

/** A payment intent with all that hangs on it. Never changed: a change makes another one. */
export const paymentSchema = z.object({
  id: z.string(),
  created: z.int(),
  amount: z.int(),
  /** In lower case. */
  currency: z.string(),
  captureMethod: z.enum(['automatic', 'manual']),
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ]),
  /** `tok_…` or `pm_…`, as it was given. */
  source: z.string().optional(),
  description: z.string().optional(),
  metadata: metadataSchema,
  returnUrl: z.string().optional(),
  /** The successful attempt to take the money. */
  charge: z.string().optional(),
  /** What was taken. */
  received: z.int(),
  error: refusalSchema.optional(),
  canceled: z.object({ at: z.int(), reason: z.string().optional() }).optional(),
  /** When the bank's answer comes (milliseconds since 1970). */
  processingUntil: z.number().optional(),
  refunds: z.array(refundSchema),
});
export type Payment = z.output<typeof paymentSchema>;

/** What was given back, or is about to be. */
export function refundedOf({ refunds }: Payment): number {
  return refunds.reduce((sum, { amount, status }) => (status === 'failed' ? sum : sum + amount), 0);
}

/** When this payment changes by itself next (milliseconds since 1970), if it does. */
export function nextChangeOf({ processingUntil, refunds }: Payment): number | undefined {
  const times = refunds.flatMap(({ settles }) => (settles ? [settles.at] : []));
  if (processingUntil !== undefined) times.push(processingUntil);
  return times.length === 0 ? undefined : Math.min(...times);
}
