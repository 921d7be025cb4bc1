import 'reflect-metadata';
import { migrate } from '@lethe/database';
import { readOrdersConfig } from './orders.config.js';
import { databaseOptions } from './orders.database.js';

const applied = await migrate(databaseOptions(readOrdersConfig()));
process.stdout.write(`${JSON.stringify({ msg: 'orders: migrated', applied })}\n`);
