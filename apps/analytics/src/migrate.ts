import 'reflect-metadata';
import { migrate } from '@lethe/database';
import { readAnalyticsConfig } from './analytics.config.js';
import { databaseOptions } from './analytics.database.js';

const applied = await migrate(databaseOptions(readAnalyticsConfig()));
process.stdout.write(`${JSON.stringify({ msg: 'analytics: migrated', applied })}\n`);
