import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Administrator, ConnectedAdministrator } from '../../src/prepare/administrator.js';

const unique = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/**
 * An administrator as RDS has it: no superuser, but one who makes roles and databases and may give `rds_iam`. Roles are of
 * the whole server, so that everything has a name of its own and is gone in the end.
 */
export class PrepareFixture implements Administrator {
  readonly user = unique('administrator');
  /** Every statement that was run. */
  readonly said: string[] = [];
  readonly #made: string[] = [];
  readonly #inner: ConnectedAdministrator;

  private constructor(
    private readonly server: URL,
    private readonly root: pg.Client,
  ) {
    this.#inner = new ConnectedAdministrator({ url: this.url('postgres', this.user, 'of-the-administrator') });
  }

  static async create(): Promise<PrepareFixture> {
    const server = new URL(process.env['LETHE_POSTGRES_URL'] ?? '');
    const root = new pg.Client({ connectionString: server.href });
    await root.connect();
    const fixture = new PrepareFixture(server, root);
    await root.query(`CREATE ROLE ${fixture.user} LOGIN CREATEDB CREATEROLE PASSWORD 'of-the-administrator'`);
    await root.query(`CREATE ROLE rds_iam`);
    await root.query(`GRANT rds_iam TO ${fixture.user} WITH ADMIN OPTION`);
    return fixture;
  }

  /** A name that nobody has, of a service. */
  name(): string {
    const name = unique('service');
    this.#made.push(name);
    return name;
  }

  url(database: string, user: string, password: string): string {
    return `postgres://${user}:${password}@${this.server.host}/${database}`;
  }

  run(database: string, text: string) {
    this.said.push(text);
    return this.#inner.run(database, text);
  }

  /** What a superuser sees. */
  async look(text: string): Promise<unknown[]> {
    const { rows } = await this.root.query<Record<string, unknown>>(text);
    return rows;
  }

  /** What is answered to a statement of a service's user: its rows, or the SQLSTATE. */
  async answer(name: string, password: string, text: string, database = name): Promise<unknown> {
    const client = new pg.Client({ connectionString: this.url(database, name, password) });
    try {
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(text);
      return rows;
    } catch (error) {
      return error instanceof pg.DatabaseError ? error.code : String(error);
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    for (const name of this.#made) {
      await this.root.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await this.root.query(`DROP ROLE IF EXISTS ${name}`);
    }
    await this.root.query('DROP ROLE rds_iam');
    await this.root.query(`DROP ROLE ${this.user}`);
    await this.root.end();
  }
}
