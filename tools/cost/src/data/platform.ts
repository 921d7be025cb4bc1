import { z } from 'zod';

const count = z.number().nonnegative();

export const platformSchema = z.object({
  source: z.string(),
  date: z.iso.date(),
  interfaceEndpoints: count.describe('Of services, each in every zone.'),
  loadBalancers: count,
  webAcls: count,
  wafRules: count,
  keys: count,
  secrets: count,
  alarms: count,
  dashboards: count,
  metrics: count.describe('Custom ones, by Embedded Metric Format.'),
  hostedZones: count,
  canaryRunsPerHour: count,
  tracedShare: count.describe('Of requests.'),
  warehouseRpuHoursPerDay: count,
});

/** What stands there whatever the load. */
export type Platform = z.output<typeof platformSchema>;
