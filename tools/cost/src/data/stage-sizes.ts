import { z } from 'zod';

const taskSchema = z.object({ least: z.int(), cpu: z.int(), memoryMb: z.int() });

/** What of a stage of `apps/infra` costs: how much of everything there is at least. */
export const stageSizesSchema = z.object({
  name: z.enum(['dev', 'staging', 'production']),
  account: z.string().optional(),
  region: z.string(),
  natGateways: z.int(),
  database: z.object({ leastUnits: z.number(), readers: z.int(), backupDays: z.int() }),
  services: taskSchema,
  workers: taskSchema.describe('Of each service, on Spot: what consumes its queues and streams.'),
  logDays: z.int(),
});

export type StageSizes = z.output<typeof stageSizesSchema>;
