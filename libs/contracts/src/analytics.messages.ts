import { defineStream } from '@lethe/topology';
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
