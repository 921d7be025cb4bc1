import { defineCommand, defineStream } from '@lethe/topology';
import { z } from 'zod';
import { idSchema, timeSchema } from './values.js';

/** One thing a visitor did, as the storefront reports it. `id` is the client's own and makes a repeat harmless. */
export const clickSchema = z
  .object({
    id: z.string().min(1).max(100),
    type: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/),
    at: timeSchema,
    sessionId: z.string().min(1).max(128),
    productId: idSchema.optional(),
    source: z.string().max(100).optional().describe('Where the visit came from, as far as the storefront knows.'),
  })
  .meta({ id: 'Click' });
export type Click = z.output<typeof clickSchema>;

export const Clicks = defineStream({
  owner: 'analytics',
  name: 'clicks',
  description: 'What visitors do, in order per session.',
  data: clickSchema,
  partitionKey: (click) => click.sessionId,
  shards: 2,
});

/** A click with what the catalogue knew of its product when it was read; null for a product that is not there. */
export const enrichedClickSchema = clickSchema
  .extend({ product: z.object({ sku: z.string(), category: z.string() }).nullable().optional() })
  .meta({ id: 'EnrichedClick' });
export type EnrichedClick = z.output<typeof enrichedClickSchema>;

export const EnrichedClicks = defineStream({
  owner: 'enrichment',
  name: 'enriched-clicks',
  description: 'Clicks with the category of their product, in order per session; a repeat has the id of the click.',
  data: enrichedClickSchema,
  partitionKey: (click) => click.sessionId,
  shards: 1,
});

/** What the service's schedule sends. */
export const KeepLake = defineCommand({
  owner: 'analytics',
  name: 'keep-lake',
  version: 1,
  description: 'Bring what waits into the lake, merge its small files, and forget in it who is to be forgotten.',
  data: z.object({ scheduledAt: timeSchema }),
});
