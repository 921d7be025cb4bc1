import pg from 'pg';
import { type DatabaseOptions, connectionSettings } from '../database.options.js';
import { typedError } from '../failure.js';
import { Access } from '../sign-in/access.js';

/** Who makes databases and users: by a connection, or by what else takes SQL from outside the network. */
export interface Administrator {
  /** Runs one statement in a database, by itself. Throws a `DatabaseError` with the SQLSTATE where it is refused. */
  run(database: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

type AdministratorOptions = Pick<DatabaseOptions, 'url' | 'signIn' | 'ca' | 'connectTimeoutMs'>;

/** An administrator that connects, for each statement anew: databases are several, and statements are few. */
export class ConnectedAdministrator implements Administrator {
  constructor(private readonly options: AdministratorOptions) {}

  async run(database: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const url = new URL(this.options.url);
    url.pathname = `/${encodeURIComponent(database)}`;
    const options = { ...this.options, url: url.href, service: 'administration', migrations: [] };
    const client = new pg.Client({
      ...connectionSettings(options, new Access(options)),
      statement_timeout: STATEMENT_MS,
    });
    // A lost connection is told by the statement that waits.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(text);
      return rows;
    } catch (error) {
      throw typedError(error, 'database.prepare');
    } finally {
      await client.end();
    }
  }
}

/** Another that prepares may hold the lock, or copy the template. */
const STATEMENT_MS = 60_000;
