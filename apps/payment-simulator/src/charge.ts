import { z } from 'zod';

/** What a caller asks for; `reference` is the caller's own name for the purchase. */
export const chargeRequestSchema = z.strictObject({
  /** In minor units. */
  amount: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
  source: z.string().min(1).max(100),
  reference: z.string().min(1).max(100),
});
export type ChargeRequest = z.output<typeof chargeRequestSchema>;

/** The names of Stripe's test tokens (https://docs.stripe.com/testing). */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  tok_visa: 'succeeded',
  tok_chargeDeclined: 'card_declined',
};

export const outcomeSchema = z.enum(['succeeded', 'card_declined', 'invalid_source']);
export type Outcome = z.output<typeof outcomeSchema>;

/** What becomes of a charge to this source. An unknown token is refused as invalid. */
export function outcomeOf(source: string): Outcome {
  return Object.hasOwn(OUTCOMES, source) ? (OUTCOMES[source] ?? 'invalid_source') : 'invalid_source';
}

/** One line of the journal: a charge with its outcome, or the refund of one. */
export const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('charge'),
    id: z.string(),
    key: z.string(),
    request: chargeRequestSchema,
    outcome: outcomeSchema,
  }),
  z.object({ kind: z.literal('refund'), id: z.string() }),
]);
export type Entry = z.output<typeof entrySchema>;
export type ChargeEntry = Extract<Entry, { kind: 'charge' }>;

/** A charge as the API shows it. */
export interface Charge extends ChargeRequest {
  readonly id: string;
  readonly status: 'succeeded' | 'failed' | 'refunded';
}
