import { defineCommand } from '@lethe/topology';
import { z } from 'zod';
import { idSchema, timeSchema } from './values.js';

/** What the service's schedule sends. */
export const ReconcilePayments = defineCommand({
  owner: 'orders',
  name: 'reconcile-payments',
  version: 1,
  description: 'Compare what was paid since the last time with what the provider has.',
  data: z.object({ scheduledAt: timeSchema }),
});

export const RunReconciliation = defineCommand({
  owner: 'orders',
  name: 'run-reconciliation',
  version: 1,
  description: 'Compare orders, payments and refunds of a period with what the provider has.',
  data: z.object({ reconciliationId: idSchema }),
});
