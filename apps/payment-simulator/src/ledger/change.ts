import { z } from 'zod';
import { paymentSchema } from './payment.js';

/** The events that are told of (https://docs.stripe.com/api/events/types). */
export const eventTypeSchema = z.enum([
  'payment_intent.created',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
]);
export type EventType = z.output<typeof eventTypeSchema>;

/** An answer, which the same key gets again. */
const answerSchema = z.object({
  key: z.string().optional(),
  /** Of the request that the key belongs to. */
  fingerprint: z.string().optional(),
  status: z.int(),
  error: z
    .object({
      type: z.enum(['api_error', 'card_error', 'idempotency_error', 'invalid_request_error']),
      code: z.string().optional(),
      message: z.string(),
      declineCode: z.string().optional(),
    })
    .optional(),
});
export type Answer = z.output<typeof answerSchema>;

const eventSchema = z.object({ id: z.string(), type: eventTypeSchema });

/** One line of the journal: all that one request, or the passing of time, changed. It is on the disk whole or not at all. */
export const changeSchema = z.object({
  seq: z.int(),
  /** Seconds since 1970. */
  at: z.int(),
  /** As it is afterwards. */
  payment: paymentSchema.optional(),
  /** The refund that it is about. */
  refund: z.string().optional(),
  answer: answerSchema,
  events: z.array(eventSchema),
});
export type Change = z.output<typeof changeSchema>;

/** One line of the journal: a change, or the events whose webhook needs no further delivery. */
export const entrySchema = z.union([changeSchema, z.object({ delivered: z.array(z.string()) })]);
export type Entry = z.output<typeof entrySchema>;
