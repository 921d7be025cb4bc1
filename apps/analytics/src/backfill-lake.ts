import 'reflect-metadata';
import { Database } from '@lethe/database';
import { readAnalyticsConfig } from './analytics.config.js';
import { databaseOptions } from './analytics.database.js';
import { backfillLake } from './lake/backfill.js';

const database = new Database({ ...databaseOptions(readAnalyticsConfig()), poolSize: 1 });
await database.open();
const added = await backfillLake(database);
await database.close();
process.stdout.write(`${JSON.stringify({ msg: 'analytics: lake filled', added })}\n`);
