import { migrate } from '@lethe/database';
import { readMigrateConfig } from './catalog.config.js';
import { catalogDatabase } from './catalog.database.js';

const { DATABASE_URL: url } = readMigrateConfig();

const applied = await migrate({ ...catalogDatabase, url });
process.stdout.write(applied.length === 0 ? 'catalog: up to date\n' : `catalog: ${applied.join(', ')}\n`);
