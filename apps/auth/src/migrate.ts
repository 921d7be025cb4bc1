import 'reflect-metadata';
import { readMigrateConfig } from './auth.config.js';
import { prepare } from './prepare.js';

const prepared = await prepare(readMigrateConfig());
process.stdout.write(`${JSON.stringify({ msg: 'auth: migrated', ...prepared })}\n`);
