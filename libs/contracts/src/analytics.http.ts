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
    sessionsError: z
      .number()
      .optional()
      .describe('Standard error of the sessions as a share of them, where they are too many to be counted one by one.'),
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

const watermark = timeSchema.nullable().describe('Nothing before it is awaited any more; what comes yet is late.');
const late = z.int().describe('Events that came behind the watermark: counted like others.');
const duplicates = z.int().describe('Events that came again: counted once.');
const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(500).optional(),
};

export const windowDimensionSchema = z.enum(['all', 'product', 'category', 'country']);
export const windowQuerySchema = salesQuerySchema.omit({ bucket: true }).extend({
  dimension: windowDimensionSchema.default('all'),
  bucket: bucketSchema.default('hour').describe('Products are counted by hour and day.'),
  key: z.string().max(100).optional().describe('One product (its id), category or country.'),
  ...pageQuery,
});
const windowSchema = z.object({
  start: timeSchema,
  end: timeSchema,
  key: z.string().optional().describe('Product, category or country; empty where none was told.'),
  orders: z.int(),
  units: z.int(),
  revenue: moneySchema,
  isFinal: z.boolean().describe('Whether the watermark has passed its end.'),
});
export const windowPageSchema = z
  .object({ items: z.array(windowSchema), watermark, late, duplicates, nextCursor: z.string().nullable() })
  .meta({ id: 'WindowPage' });

export const slidingQuerySchema = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(1_440).default(60).describe('Width of each window.'),
  every: z.coerce.number().int().min(1).max(1_440).default(1).describe('Minutes from one window to the next.'),
  windows: z.coerce.number().int().min(1).max(500).default(60).describe('How many.'),
  until: timeSchema.optional().describe('End of the last, cut to a minute; now by the clock of the database.'),
  dimension: z.enum(['all', 'category', 'country']).default('all'),
  key: z.string().max(100).default('').describe('One category or country.'),
});
export const slidingSchema = z
  .object({
    items: z.array(
      z.object({
        start: timeSchema,
        end: timeSchema,
        sales: z.array(z.object({ orders: z.int(), units: z.int(), revenue: moneySchema })).describe('By currency.'),
      }),
    ),
    watermark,
  })
  .meta({ id: 'SlidingWindows' });

export const visitorQuerySchema = periodQuerySchema.extend({
  bucket: z.enum(['hour', 'day']).default('day'),
  ...pageQuery,
});
const visitorCount = {
  visitors: z.int().describe('Different sessions.'),
  error: z.number().optional().describe('Standard error of an estimate as a share of it; left out where it is exact.'),
};
export const visitorPageSchema = z
  .object({
    total: z.object(visitorCount).describe('Of the whole period, each once.'),
    items: z.array(z.object({ start: timeSchema, ...visitorCount })),
    watermark,
    late,
    duplicates,
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'VisitorPage' });

const visits = {
  sessions: z.int().describe('Events of a visitor with at most 30 minutes from each to the next, by their first.'),
  events: z.int(),
  seconds: z.int().describe('From the first to the last event of each, added up.'),
  carts: z.int().describe('Events that put something into a cart.'),
  orders: z.int().describe('Events that order something.'),
  steps: z
    .object({ view: z.int(), cart: z.int(), order: z.int() })
    .describe('Sessions that viewed something; of those, that put something into a cart; of those, that ordered.'),
  ordered: z.int().describe('Sessions that ordered something, whatever else they did.'),
};
export const sessionReportQuerySchema = visitorQuerySchema;
export const sessionReportSchema = z
  .object({
    total: z.object({
      ...visits,
      conversion: z.number().describe('Sessions that ordered, as a share of all; 0 for none.'),
      cartsPerSession: z.number(),
    }),
    items: z.array(z.object({ start: timeSchema, ...visits })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'SessionReport' });

export type EventsAccepted = z.output<typeof eventsAcceptedSchema>;
export type Bucket = z.output<typeof bucketSchema>;
export type Sales = z.output<typeof salesSchema>;
export type TopProducts = z.output<typeof topProductsSchema>;
export type Funnel = z.output<typeof funnelSchema>;
export type WindowDimension = z.output<typeof windowDimensionSchema>;
export type WindowPage = z.output<typeof windowPageSchema>;
export type SlidingQuery = z.output<typeof slidingQuerySchema>;
export type SlidingWindows = z.output<typeof slidingSchema>;
export type VisitorPage = z.output<typeof visitorPageSchema>;
export type SessionReport = z.output<typeof sessionReportSchema>;
