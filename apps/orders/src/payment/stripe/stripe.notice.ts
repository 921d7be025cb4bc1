import { Stripe } from 'stripe';
import { z } from 'zod';
import { InvalidSignatureError } from '../../orders.errors.js';
import type { PaymentNotice } from '../payment.state.js';
import { METADATA } from './stripe.states.js';

/** Seconds for which a signature is good: Stripe's default. Against one who has seen a webhook and sends it again. */
const TOLERANCE_SECONDS = 300;

const metadataSchema = z.object({
  [METADATA.order]: z.string().min(1).max(100),
  [METADATA.refund]: z.string().min(1).max(100).optional(),
});

/** The events that are understood; the object of one is the payment intent, or what hangs on it. */
const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  data: z.object({
    object: z.union([
      z.object({ object: z.literal('payment_intent'), id: z.string(), metadata: metadataSchema }),
      z.object({ object: z.enum(['charge', 'refund']), payment_intent: z.string(), metadata: metadataSchema }),
    ]),
  }),
});

/**
 * What a webhook tells; undefined where that is nothing of ours. Good by any of the secrets, for while one takes the
 * place of the other there are two. Throws an `InvalidSignatureError`.
 */
export function readNotice(rawBody: Buffer, signature: string, secrets: readonly string[]): PaymentNotice | undefined {
  const event = eventSchema.safeParse(verified(rawBody, signature, secrets));
  if (!event.success) return undefined;
  const { id, type, data } = event.data;
  const about = data.object;
  const refundId = about.metadata[METADATA.refund];
  return {
    id,
    type,
    paymentId: about.object === 'payment_intent' ? about.id : about.payment_intent,
    orderId: about.metadata[METADATA.order],
    ...(refundId === undefined ? {} : { refundId }),
  };
}

function verified(rawBody: Buffer, signature: string, secrets: readonly string[]): unknown {
  let wrong: unknown;
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
      wrong = error;
    }
  }
  throw new InvalidSignatureError(wrong);
}
