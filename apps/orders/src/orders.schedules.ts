import { ReconcilePayments, ordersService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { PostgresSchedules, type Schedule, cron, defineSchedule, syncSchedules } from '@lethe/schedules';
import { EventBridgeSchedules } from '@lethe/schedules/eventbridge';
import { ConfigError } from '@lethe/service-kit';
import { databaseOptions } from './orders.database.js';
import type { OrdersConfig } from './orders.config.js';

/** What the service does again and again by the clock. A schedule is added here and nowhere else. */
export const ordersSchedules: readonly Schedule[] = [
  defineSchedule<typeof ReconcilePayments>({
    name: 'reconcile-payments',
    command: ReconcilePayments,
    // At night, when little is in flight.
    every: cron('30 3 * * *'),
    data: {},
  }),
];

/** Brings the schedules in line, where they are kept: a part of the migration step. Throws as `Schedules` does. */
export async function syncOrdersSchedules(config: OrdersConfig): Promise<void> {
  if (config.SCHEDULES === 'postgres') {
    const database = new Database(databaseOptions(config));
    await database.open();
    try {
      await syncSchedules(new PostgresSchedules(database), ordersSchedules);
    } finally {
      await database.close();
    }
    return;
  }
  if (config.SCHEDULES_ROLE_ARN === undefined) throw new ConfigError(['SCHEDULES_ROLE_ARN is not set']);
  const schedules = new EventBridgeSchedules({
    topology: store.name,
    service: ordersService,
    region: config.AWS_REGION,
    accountId: config.AWS_ACCOUNT_ID,
    roleArn: config.SCHEDULES_ROLE_ARN,
  });
  try {
    await syncSchedules(schedules, ordersSchedules);
  } finally {
    schedules.close();
  }
}
