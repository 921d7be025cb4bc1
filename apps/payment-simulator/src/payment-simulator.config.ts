import { z } from 'zod';

/** Everything the simulator reads from its environment. */
export const configSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3100).describe('Port to listen on; 0 takes any free one.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  DATA_DIR: z.string().min(1).default('.lethe/payments').describe('Folder of the journal of charges.'),
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
  MAX_CHARGES: z.coerce
    .number()
    .int()
    .min(1)
    .default(100_000)
    .describe('Charges that are remembered; the oldest are forgotten.'),
});
export type Config = z.output<typeof configSchema>;

/** Reads the environment, the only place that does. Exits with 78 (EX_CONFIG of sysexits.h) and a line per fault. */
export function readConfig(): Config {
  const parsed = configSchema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) process.stderr.write(`${path.join('.')}: ${message}\n`);
  return process.exit(78);
}
