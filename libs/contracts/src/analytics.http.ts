import { z } from 'zod';
import { idSchema, moneySchema, timeSchema } from './values.js';

/** Each event is judged on its own: a bad one does not cost the good ones. */
export const eventsSchema = z.strictObject({ events: z.array(z.unknown()).min(1).max(500) });
export const eventsAcceptedSchema = z
  .object({
    accepted: z.int(),
    rejected: z.int(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).describe('Why events were rejected.'),
  })
  .meta({ id: 'EventsAccepted' });

export const bucketSchema = z.enum(['minute', 'hour', 'day']);
const day = z.iso.date();
const from = z.union([timeSchema, day]);
export const salesQuerySchema = z.strictObject({
  from: from.optional().describe('Inclusive; a date means its first instant in UTC.'),
  to: from.optional().describe('Exclusive as a time; a date means the whole day.'),
  bucket: bucketSchema.default('day'),
});
export const periodQuerySchema = salesQuerySchema.omit({ bucket: true });
export const topProductsQuerySchema = periodQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

export const salesSchema = z
  .object({
    buckets: z.array(
      z.object({
        start: timeSchema,
        orders: z.int(),
        units: z.int(),
        revenue: moneySchema.describe('Of the orders placed then, whatever went back later.'),
        refunds: z
          .int()
          .optional()
          .describe('Refunds made then, whenever their orders were placed; left out for none.'),
        refunded: moneySchema.optional().describe('Their sum.'),
      }),
    ),
  })
  .meta({ id: 'Sales' });
export const topProductsSchema = z
  .object({
    items: z.array(
      z.object({ productId: idSchema, sku: z.string(), name: z.string(), units: z.int(), revenue: moneySchema }),
    ),
  })
  .meta({ id: 'TopProducts' });
export const funnelSchema = z
  .object({
    events: z.record(z.string(), z.int()).describe('Distinct events by type.'),
    sessions: z.record(z.string(), z.int()).describe('Distinct sessions with at least one event of the type.'),
    orders: z.object({
      placed: z.int(),
      confirmed: z.int(),
      rejected: z.int(),
      cancelled: z.int(),
      returned: z.int().optional().describe('Confirmed ones of which goods came back; left out where nothing did.'),
      refunded: z.int().optional().describe('Confirmed ones of which all the money went back.'),
    }),
  })
  .meta({ id: 'Funnel' });

export type EventsAccepted = z.output<typeof eventsAcceptedSchema>;
export type Bucket = z.output<typeof bucketSchema>;
export type Sales = z.output<typeof salesSchema>;
export type TopProducts = z.output<typeof topProductsSchema>;
export type Funnel = z.output<typeof funnelSchema>;
