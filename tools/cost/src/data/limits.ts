import { z } from 'zod';

export const limitsSchema = z.object({
  region: z.string(),
  date: z.iso.date(),
  note: z.string(),
  limits: z.record(
    z.string(),
    z.object({
      limit: z.number().positive(),
      unit: z.string(),
      raise: z.enum(['quota', 'shard']).describe('Whether AWS raises it on request, or the load has to be spread.'),
      remedy: z.string().describe('What is done when it is reached.'),
      source: z.string(),
      date: z.iso.date(),
    }),
  ),
});

/** Quotas and hard limits of a region, as data. */
export type Limits = z.output<typeof limitsSchema>;
