import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Database } from '@lethe/database';
import { ConfigError, databaseOf } from '@lethe/service-kit';
import { readTransferConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { openPool } from './cognito/open-pool.js';
import { OwnUsers } from './transfer/own-users.js';
import { PoolUsers } from './transfer/pool-users.js';
import { exportUsers, importUsers } from './transfer/transfer.js';
import { type UserStore } from './transfer/transferred-user.js';

/**
 * Users out and in, as a one-off step: `users.js export` writes NDJSON to stdout, `users.js import [--dry-run]` reads it
 * from stdin, writes `{"done":n}` per 100 lines to stderr and its report to stdout. IDENTITY_PROVIDER says whose they are.
 */
const config = readTransferConfig();
const [verb] = process.argv.slice(2);

async function run(store: UserStore): Promise<void> {
  if (verb === 'export') return pipeline(exportUsers(store), process.stdout, { end: false });
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const report = await importUsers(store, lines, {
    dryRun: process.argv.includes('--dry-run'),
    onLine: (done) => {
      if (done % 100 === 0) process.stderr.write(`{"done":${done}}\n`);
    },
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

if (config.IDENTITY_PROVIDER === 'cognito') {
  const pool = openPool(config);
  await run(new PoolUsers(pool)).finally(() => pool.close());
} else {
  const { DATABASE_URL } = config;
  if (DATABASE_URL === undefined) throw new ConfigError(['DATABASE_URL is not set']);
  const database = new Database({ ...authDatabase, ...databaseOf({ ...config, DATABASE_URL }), poolSize: 4 });
  await database.open();
  try {
    await run(new OwnUsers(database));
  } finally {
    await database.close();
  }
}
