import { randomUUID } from 'node:crypto';
import { Client, DatabaseError } from 'pg';

/** The server is on this machine: where it does not answer, the machine has stood still for a while. */
const CONNECT_TIMEOUT_MS = 30_000;

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server's URL with another database. */
export function databaseUrlOn(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/** Makes the database where it is missing; answers its URL. */
export async function ensureDatabaseOn(serverUrl: string, name: string): Promise<string> {
  await onServer(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } catch (error) {
      // Another start made it in the meantime: duplicate_database, or the unique index of the catalogue.
      if (!(error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505'))) throw error;
    }
  });
  return databaseUrlOn(serverUrl, name);
}

/** A database of one spec. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, ending connections that are still open. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database on the embedded Postgres that Jest's global setup started.
 *
 * @throws Error where LETHE_POSTGRES_URL is not set: the spec runs without that setup.
 */
export async function testDatabase(serverUrl = process.env['LETHE_POSTGRES_URL']): Promise<TestDatabase> {
  if (serverUrl === undefined) throw new Error('LETHE_POSTGRES_URL is not set: run the spec through jest.base.mjs');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // template0 has no connections that would block the copy, whatever other specs do.
  await onServer(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  return {
    url: databaseUrlOn(serverUrl, name),
    drop: async () => {
      await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
