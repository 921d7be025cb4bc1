import { migrate } from '@lethe/database';
import { databaseOf } from '@lethe/service-kit';
import { readMigrateConfig } from './catalog.config.js';
import { catalogDatabase } from './catalog.database.js';

const applied = await migrate({ ...catalogDatabase, ...databaseOf(readMigrateConfig()) });
process.stdout.write(applied.length === 0 ? 'catalog: up to date\n' : `catalog: ${applied.join(', ')}\n`);
