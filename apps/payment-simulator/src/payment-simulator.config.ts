import { z } from 'zod';
import { eventTypeSchema } from './ledger/change.js';

const list = z.string().transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''));

/** Everything the simulator reads from its environment. */
export const configSchema = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(3100).describe('Port to listen on; 0 takes any free one.'),
    HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .describe('Where browsers reach it, for the page of 3-D Secure. Default: the address that it listens on.'),
    DATA_DIR: z.string().min(1).default('.lethe/payments').describe('Folder of the journal.'),
    STRIPE_API_KEY: list
      .default([])
      .describe('The secret keys that are good, separated by commas. Default: any that looks like a test key.'),
    WEBHOOK_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where events are sent. Default: nowhere.'),
    WEBHOOK_SECRET: list
      .default([])
      .describe('Secret: signs what is sent; two, separated by a comma, while one takes the place of the other.'),
    WEBHOOK_EVENTS: list
      .pipe(z.array(eventTypeSchema))
      .default([])
      .describe('The events that are sent, separated by commas. Default: all.'),
    WEBHOOK_RETRY_MS: z.coerce
      .number()
      .int()
      .min(1)
      .max(60_000)
      .default(500)
      .describe('Milliseconds until a webhook that failed is sent again; doubled each time, up to a minute.'),
    PAYMENT_LATENCY_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(0)
      .describe('Milliseconds that each call takes before it is looked at.'),
    PAYMENT_FAILURE_RATE: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of writes that fail: in turn by 500 before, and by a dropped connection after the write.'),
    MAX_PAYMENTS: z.coerce
      .number()
      .int()
      .min(1)
      .default(100_000)
      .describe('Payments that are remembered; the oldest are forgotten, with their keys and events.'),
  })
  .refine(({ WEBHOOK_URL, WEBHOOK_SECRET }) => WEBHOOK_URL === undefined || WEBHOOK_SECRET.length > 0, {
    path: ['WEBHOOK_SECRET'],
    error: 'needed where WEBHOOK_URL is set',
  });
export type Config = z.output<typeof configSchema>;

/** Reads the environment, the only place that does. Exits with 78 (EX_CONFIG of sysexits.h) and a line per fault. */
export function readConfig(): Config {
  const parsed = configSchema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) process.stderr.write(`${path.join('.')}: ${message}\n`);
  return process.exit(78);
}
