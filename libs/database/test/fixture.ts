import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { Database } from '../src/database.js';
import type { DatabaseOptions } from '../src/database.options.js';
import { statement } from '../src/statement.js';

/** A database of one spec, opened as often as the spec likes. */
export class DatabaseFixture {
  readonly #opened: Database[] = [];
  private constructor(readonly server: TestDatabase) {}

  static async create(): Promise<DatabaseFixture> {
    return new DatabaseFixture(await testDatabase());
  }

  options(options: Partial<DatabaseOptions> = {}): DatabaseOptions {
    return { url: this.server.url, service: 'spec', migrations: [], ...options };
  }

  async open(options: Partial<DatabaseOptions> = {}): Promise<Database> {
    const database = new Database(this.options(options));
    await database.open();
    this.#opened.push(database);
    return database;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((database) => database.close()));
    await this.server.drop();
  }
}

export const BACKEND = statement('spec.backend', 'SELECT pg_backend_pid() AS pid');
export const KILL = statement('spec.kill', 'SELECT pg_terminate_backend($1::int, 5000) AS killed');
export const SLEEP = statement('spec.sleep', 'SELECT pg_sleep($1)');

/** A statement of one test. */
export function sql(text: string): { name: string; text: string } {
  return statement(`spec ${Buffer.from(text).toString('base64').slice(0, 40)}${text.length}`, text);
}
