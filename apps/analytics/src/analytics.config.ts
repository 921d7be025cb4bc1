import { lakeBucket } from '@lethe/contracts';
import { readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

/** Everything the service reads from its environment. */
export const configSchema = serviceConfigSchema.extend({
  SESSION_SALT: z
    .string()
    .min(5)
    .max(200)
    .default('lethe-analytics')
    .describe('Key of the pseudonyms of sessions (S54). Set your own: the same in every replica, and never changed.'),
  EVENT_BATCHES_PER_IP: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(60_000)
    .describe('Requests with events per address in a minute, up to 500 events each (S51).'),
  VISITORS_EXACT_UP_TO: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .describe('Visitors of an hour or a day, and of a report, that are counted one by one; more are estimated.'),
  LAKE_CLICKS: z
    .enum(['analytics', 'firehose'])
    .default('analytics')
    .describe(
      'Who writes clicks into the lake: this service what it has counted, or Firehose, whose files it takes in.',
    ),
  LAKE_BUCKET: z.string().min(3).max(63).default(lakeBucket).describe('S3 bucket of the lake.'),
});
export type AnalyticsConfig = z.output<typeof configSchema>;

/** Reads the environment, the only place that does; a fault ends the process with exit code 78. */
export const readAnalyticsConfig = (): AnalyticsConfig => readConfig(configSchema, process.env);
