import 'reflect-metadata';
import { Database, migrate } from '@lethe/database';
import { PostgresSchedules, syncSchedules } from '@lethe/schedules';
import { readAnalyticsConfig } from './analytics.config.js';
import { databaseOptions } from './analytics.database.js';
import { lakeSchedules } from './lake/lake.schedules.js';
import { MAKE_PARTITIONS } from './window/window.sql.js';

const options = databaseOptions(readAnalyticsConfig());
const applied = await migrate(options);
const database = new Database({ ...options, poolSize: 1 });
await database.open();
await database.query(MAKE_PARTITIONS);
await syncSchedules(new PostgresSchedules(database), lakeSchedules);
await database.close();
process.stdout.write(`${JSON.stringify({ msg: 'analytics: migrated', applied })}\n`);
