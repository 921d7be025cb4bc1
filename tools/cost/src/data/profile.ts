import { z } from 'zod';

const amount = z.number().nonnegative();

const workSchema = z.object({
  cpuSeconds: amount.describe('CPU time of the process.'),
  requests: amount.describe('HTTP requests answered.'),
  requestSeconds: amount.describe('From the first byte of a request to the end of its answer, added up.'),
  calls: z
    .record(z.string(), amount)
    .describe('Requests to AWS by operation, such as sqs.SendMessage; retries included.'),
  logBytes: amount.describe('Written to stdout.'),
});

const databaseWorkSchema = z.object({
  cpuSeconds: amount.describe('CPU time of PostgreSQL.'),
  transactions: amount,
  walBytes: amount.describe('Written ahead: what a cluster writes to its storage.'),
});

const serviceSchema = z.object({
  idlePerHour: workSchema.describe('Of one replica that nobody asks anything.'),
  perVisit: workSchema,
  perOrder: workSchema.describe('Of orders placed one after the other, each alone.'),
  perOrderTogether: workSchema.describe('Of orders placed by many at once: batches fill.'),
});

/** An assumption: a number that was not measured, and why it is what it is. */
const assumedSchema = z.object({ value: amount, why: z.string() });

export const profileSchema = z.object({
  source: z.string().describe('What was measured, and how to measure it again.'),
  date: z.iso.date(),
  machine: z.string(),
  orders: z.int().positive(),
  visits: z.int().positive(),
  services: z.record(z.string(), serviceSchema),
  database: z.object({
    perVisit: databaseWorkSchema,
    perOrder: databaseWorkSchema,
    perOrderTogether: databaseWorkSchema,
    storedBytesPerOrder: amount.describe('By which the databases grew.'),
    storedBytesPerVisit: amount,
  }),
  valkey: z.object({ commandsPerVisit: amount, commandsPerOrder: amount }),
  answers: z.object({
    bytesPerVisit: amount.describe('Of answers to browsers, not compressed.'),
    bytesPerOrder: amount,
    staticBytesPerVisit: amount.describe('Of the web application.'),
  }),
  together: z.object({ ordersPerSecond: z.number().positive().describe('At which perOrderTogether was measured.') }),
  workflow: z.object({
    transitionsPerOrder: amount,
    invocationsPerOrder: amount,
    secondsPerInvocation: amount,
  }),
  mailsPerOrder: amount,
  clicksPerVisit: amount,
  assumptions: z.object({
    hourOfDay: z.object({ value: z.array(amount).length(24), why: z.string() }),
    vcpuPerMeasuredCore: assumedSchema,
    armPerX86: assumedSchema,
    targetUtilisation: assumedSchema,
    peakOfHour: assumedSchema,
    acuPerCore: assumedSchema,
    imageBytesPerVisit: assumedSchema,
    keptMonths: assumedSchema,
    clickBytes: assumedSchema,
    lakeBytesPerEvent: assumedSchema,
    lambdaSpeedup: assumedSchema,
  }),
});

/** What one order and one visit make the store do. */
export type Profile = z.output<typeof profileSchema>;
export type Work = z.output<typeof workSchema>;
export type DatabaseWork = z.output<typeof databaseWorkSchema>;
