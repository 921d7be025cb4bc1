import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { MigrationError } from './database.errors.js';
import { type DatabaseOptions, connectionSettings, dataSourceOptions } from './database.options.js';
import { Access } from './sign-in/access.js';

export type MigrateOptions = Pick<DatabaseOptions, 'url' | 'signIn' | 'ca' | 'service' | 'entities' | 'migrations'> & {
  /**
   * How long DDL waits for a table lock before it fails: behind a waiting ACCESS EXCLUSIVE lock all traffic queues.
   * Default 5,000 ms.
   */
  readonly lockTimeoutMs?: number;
};

/** A server that has gone to sleep for want of work (Aurora Serverless at no capacity) takes some 15 s to wake. */
const CONNECT_TIMEOUT_MS = 30_000;

/** Advisory locks are per database, so that one number serves every service. */
const MIGRATION_LOCK = 7_237_461_101;

/**
 * Applies the pending migrations, each in a transaction of its own, and gives their names. The one-off step before a
 * deployment, never part of a replica's start (H33). Of two at once the second waits and finds nothing to do.
 * Throws a {@link MigrationError}.
 */
export async function migrate(given: MigrateOptions): Promise<string[]> {
  const options = { ...given, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const access = new Access(options);
  const guard = new Client(connectionSettings(options, access));
  // The lock dies with its connection; the error reaches us through the next statement.
  const lost: Error[] = [];
  guard.on('error', (error) => lost.push(error));
  try {
    await guard.connect();
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await applyPending(options, access);
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    return applied;
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    throw new MigrationError(`migrating ${options.service} failed`, { cause: lost[0] ?? cause });
  } finally {
    await guard.end();
  }
}

async function applyPending(options: DatabaseOptions & MigrateOptions, access: Access): Promise<string[]> {
  const settings = { lock_timeout: options.lockTimeoutMs ?? 5_000 };
  const source = new DataSource(dataSourceOptions({ ...options, poolSize: 1 }, access, settings, () => undefined));
  await source.initialize();
  try {
    return (await source.runMigrations()).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}
