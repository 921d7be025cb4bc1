import 'reflect-metadata';
import { migrate } from '@lethe/database';
import { readOrdersConfig } from './orders.config.js';
import { databaseOptions } from './orders.database.js';
import { syncOrdersSchedules } from './orders.schedules.js';

const config = readOrdersConfig();
const applied = await migrate(databaseOptions(config));
await syncOrdersSchedules(config);
process.stdout.write(`${JSON.stringify({ msg: 'orders: migrated', applied })}\n`);
