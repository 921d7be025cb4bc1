import { Database, type Tx, migrate, statement } from '@lethe/database';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import {
  type CommandDefinition,
  type ServiceDefinition,
  defineCommand,
  defineService,
  encodeMessage,
} from '@lethe/topology';
import { uuidv7 } from '@lethe/kernel';
import { z } from 'zod';
import { PostgresSchedules } from '../src/postgres/postgres-schedules.js';
import { scheduleMigrations } from '../src/postgres/schedule.migration.js';
import { type CommandWriter, Ticker } from '../src/postgres/ticker.js';

const data = z.object({ shelf: z.string(), scheduledAt: z.iso.datetime() });
export const Count = defineCommand({ owner: 'depot', name: 'count', version: 1, description: 'Count a shelf.', data });
export const Tidy = defineCommand({ owner: 'depot', name: 'tidy', version: 1, description: 'Tidy a shelf.', data });
export const depot = defineService({ name: 'depot', sends: [Count], handles: [Count] });

const SEND = statement(
  'spec.send',
  'INSERT INTO sent (type, key, data, backend) VALUES ($1, $2, $3, pg_backend_pid())',
);
const SENT = statement('spec.sent', 'SELECT type, key, data FROM sent ORDER BY seq');
const SHIFT = statement('spec.shift', 'UPDATE schedule SET next_at = next_at - $1 * interval $$1 second$$');
const NEXT = statement('spec.next', 'SELECT name, next_at, last_at FROM schedule ORDER BY name');
const BACKEND = statement('spec.backend', 'SELECT pg_backend_pid() AS pid');
const KILL = statement('spec.kill', 'SELECT pg_terminate_backend($1::int, 5000) AS killed');

/** Stands for an outbox: a row in the same transaction. */
export class RowWriter implements CommandWriter {
  /** Called in the midst of a tick, after its row was written. */
  onAdded: ((tx: Tx) => Promise<void>) | undefined;

  async add(tx: Tx, definition: CommandDefinition, given: unknown, { key }: { key: string }): Promise<string> {
    const id = uuidv7();
    encodeMessage(definition, given, { id, source: 'depot', time: 0 });
    await tx.query(SEND, [definition.type, key, JSON.stringify(given)]);
    await this.onAdded?.(tx);
    return id;
  }
}

export interface Replica {
  readonly database: Database;
  readonly writer: RowWriter;
  readonly ticker: Ticker;
}

/** A migrated database, and as many replicas on connections of their own as a spec likes. */
export class SchedulesFixture {
  readonly #replicas: Replica[] = [];
  private constructor(
    readonly server: TestDatabase,
    readonly operator: Database,
    readonly schedules: PostgresSchedules,
  ) {}

  static async create(): Promise<SchedulesFixture> {
    const server = await testDatabase();
    const options = { url: server.url, service: 'spec', migrations: [...scheduleMigrations] };
    await migrate(options);
    const operator = new Database(options);
    await operator.open();
    await operator.dataSource.query(`CREATE TABLE sent (
      seq bigint GENERATED ALWAYS AS IDENTITY, type text, key text, data jsonb, backend int)`);
    return new SchedulesFixture(server, operator, new PostgresSchedules(operator));
  }

  async replica(service: Pick<ServiceDefinition, 'sends'> = depot): Promise<Replica> {
    const { url } = this.server;
    const migrations = [...scheduleMigrations];
    const database = new Database({ url, service: 'replica', migrations, onIdleError: () => undefined });
    await database.open();
    const writer = new RowWriter();
    const replica = { database, writer, ticker: new Ticker(database, writer, service, { pollMs: 50 }) };
    this.#replicas.push(replica);
    return replica;
  }

  async replicas(count: number): Promise<Replica[]> {
    return Promise.all(Array.from({ length: count }, () => this.replica()));
  }

  sent(): Promise<{ type: string; key: string; data: { scheduledAt: string; shelf: string } }[]> {
    return this.operator.query(SENT);
  }

  /** Lets time pass, as far as schedules know: their next ticks come nearer. */
  async passTime(seconds: number): Promise<void> {
    await this.operator.query(SHIFT, [seconds]);
  }

  rows(): Promise<{ name: string; next_at: Date; last_at: Date | null }[]> {
    return this.operator.query(NEXT);
  }

  async kill(pid: number | undefined): Promise<void> {
    await this.operator.query(KILL, [pid]);
  }

  async clear(): Promise<void> {
    await Promise.all(
      this.#replicas.splice(0).map(async ({ ticker, database }) => {
        await ticker.stop();
        await database.close();
      }),
    );
    await this.operator.dataSource.query('TRUNCATE schedule, sent');
  }

  async close(): Promise<void> {
    await this.clear();
    await this.operator.close();
    await this.server.drop();
  }
}

export async function backendOf(tx: Tx): Promise<number | undefined> {
  return (await tx.query<{ pid: number }>(BACKEND))[0]?.pid;
}
