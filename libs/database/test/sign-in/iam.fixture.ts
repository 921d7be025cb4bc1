import { randomUUID } from 'node:crypto';
import type { FakeClock } from '@lethe/testing';
import pg from 'pg';
import type { DatabaseOptions } from '../../src/database.options.js';
import type { TokenSigner } from '../../src/sign-in/sign-in.js';
import { DatabaseFixture, sql } from '../fixture.js';
import { type Certificate, certificateFor } from './certificate.js';
import { TlsDoor } from './tls-door.js';

/**
 * A user of Postgres to whom only the newest token is a password, behind a door of TLS: what RDS is to a service. Every
 * token that was signed before {@link expire} is refused, and those that are signed afterwards are taken.
 */
export class IamFixture {
  readonly user = `iam_${randomUUID().replaceAll('-', '')}`;
  readonly certificate: Certificate = certificateFor('localhost');
  readonly signed: string[] = [];
  /** While it is set, nothing is signed. */
  fault: Error | undefined;
  readonly #name: string;
  #taken = '';

  private constructor(
    private readonly databases: DatabaseFixture,
    private readonly admin: pg.Pool,
    private readonly doors: TlsDoor[] = [],
  ) {
    this.#name = new URL(databases.server.url).pathname.slice(1);
  }

  static async create(): Promise<IamFixture> {
    const databases = await DatabaseFixture.create();
    const fixture = new IamFixture(databases, new pg.Pool({ connectionString: databases.server.url, max: 2 }));
    await fixture.#run(`CREATE ROLE ${fixture.user} LOGIN`);
    await fixture.#run(`GRANT CREATE ON SCHEMA public TO ${fixture.user}`);
    await fixture.expire();
    return fixture;
  }

  async door(certificate = this.certificate): Promise<TlsDoor> {
    const door = await TlsDoor.before(this.databases.server.url, certificate);
    this.doors.push(door);
    return door;
  }

  /** What a service is told. Without a door: the server itself, which knows no TLS. */
  options(clock: FakeClock, door?: TlsDoor, host?: string): DatabaseOptions {
    const plain = new URL(this.databases.server.url);
    const url = door?.url(this.#name, this.user, host) ?? `postgres://${this.user}@${plain.host}/${this.#name}`;
    const signer = (): TokenSigner => ({ getAuthToken: () => this.#sign() });
    return this.databases.options({
      url,
      ca: this.certificate.certificate,
      signIn: { by: 'iam', region: 'eu-west-1', signer, clock },
    });
  }

  open(options: DatabaseOptions) {
    return this.databases.open(options);
  }

  /** No token that was signed so far is taken any more. */
  async expire(): Promise<void> {
    this.#taken = `token-${randomUUID()}`;
    await this.#run(`ALTER ROLE ${this.user} PASSWORD '${this.#taken}'`);
  }

  /** Ends every connection of the user, and waits until they are gone. */
  async disconnect(): Promise<void> {
    await this.#run(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '${this.user}'`);
  }

  async notify(channel: string): Promise<void> {
    await this.#run(`NOTIFY ${channel}`);
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.databases.close();
    await Promise.all(this.doors.map((door) => door.close()));
    const server = new URL(this.databases.server.url);
    server.pathname = '/postgres';
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    await client.query(`DROP ROLE ${this.user}`);
    await client.end();
  }

  #sign(): Promise<string> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    this.signed.push(this.#taken);
    return Promise.resolve(this.#taken);
  }

  async #run(text: string): Promise<void> {
    await this.admin.query(text);
  }
}

export const WHO = sql('SELECT session_user::text AS who, pg_backend_pid() AS pid');
