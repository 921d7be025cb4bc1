import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { Database, type Tx, migrate, statement } from '@lethe/database';
import { type Recorder, recorder } from '@lethe/testing';
import { defineCommand, defineEvent, defineService } from '@lethe/topology';
import { z } from 'zod';
import { Inbox } from '../src/inbox.js';
import { outboxMigrations } from '../src/outbox.migration.js';
import { sagaMigrations } from '../src/saga/saga-table.js';
import { Outbox } from '../src/outbox.js';
import { Relay } from '../src/relay/relay.js';
import type { OutgoingMessage, Publisher, RelayOptions } from '../src/relay/relay.options.js';
import { Wake } from '../src/relay/wake.js';

export const Happened = defineEvent({
  owner: 'shop',
  name: 'happened',
  version: 1,
  description: 'Something happened to a thing.',
  data: z.object({ n: z.int() }),
});
export const DoThing = defineCommand({
  owner: 'depot',
  name: 'do-thing',
  version: 1,
  description: 'Do something with a thing.',
  data: z.object({ n: z.int() }),
});
export const shop = defineService({ name: 'shop', publishes: [Happened], sends: [DoThing] });
export const depot = defineService({ name: 'depot', handles: [DoThing, Happened] });

export const BACKEND = statement('spec.backend', 'SELECT pg_backend_pid() AS pid');
const KILL = statement('spec.kill', 'SELECT pg_terminate_backend($1::int, 5000) AS killed');
const UNSENT = statement('spec.unsent', 'SELECT id FROM outbox ORDER BY seq');
const DUE = statement('spec.due', 'UPDATE outbox SET next_attempt_at = now()');

type Answer = Awaited<ReturnType<Publisher['publishBatch']>>;

/** A publisher that accepts everything, or behaves as a test tells it to. */
export class FakePublisher implements Publisher {
  /** Messages accepted, in order, each time they were. */
  readonly accepted: OutgoingMessage[] = [];
  readonly batches: Recorder<[OutgoingMessage[]], void> = recorder<[OutgoingMessage[]]>();
  behave: (entries: OutgoingMessage[]) => Promise<Answer> = (entries) => Promise.resolve(this.accept(entries));

  accept(entries: readonly OutgoingMessage[]): Answer {
    this.accepted.push(...entries);
    return entries.map(({ id }) => ({ id }));
  }

  publishBatch(entries: OutgoingMessage[]): Promise<Answer> {
    this.batches(entries);
    return this.behave(entries);
  }

  get ids(): string[] {
    return this.accepted.map(({ id }) => id);
  }
}

/** One replica: everything it has of its own. */
export interface Replica {
  readonly database: Database;
  readonly bell: Wake;
  readonly outbox: Outbox<typeof shop>;
  readonly inbox: Inbox;
  readonly relay: Relay;
}

/** A migrated database, and as many replicas on it as a spec likes. */
export class OutboxFixture {
  readonly #replicas: Replica[] = [];
  private constructor(
    readonly server: TestDatabase,
    /** For looking on, and for killing. */
    readonly operator: Database,
  ) {}

  static async create(): Promise<OutboxFixture> {
    const server = await testDatabase();
    const options = { url: server.url, service: 'spec', migrations: [...outboxMigrations, ...sagaMigrations] };
    await migrate(options);
    const operator = new Database(options);
    await operator.open();
    await operator.dataSource.query('CREATE TABLE thing (id text PRIMARY KEY, n int NOT NULL)');
    return new OutboxFixture(server, operator);
  }

  async replica(publisher: Publisher, options: RelayOptions = {}, through = Database): Promise<Replica> {
    const database = new through({
      url: this.server.url,
      service: 'replica',
      migrations: [...outboxMigrations, ...sagaMigrations],
      onIdleError: () => undefined,
    });
    await database.open();
    const bell = new Wake(database);
    const outbox = new Outbox(shop, bell);
    const relay = new Relay(database, publisher, shop, bell, options);
    const replica = { database, bell, outbox, inbox: new Inbox(database, outbox), relay };
    this.#replicas.push(replica);
    return replica;
  }

  async kill(pid: number | undefined): Promise<void> {
    await this.operator.query(KILL, [pid]);
  }

  async unsent(): Promise<string[]> {
    return (await this.operator.query<{ id: string }>(UNSENT)).map(({ id }) => id);
  }

  /** Ends the waiting of rows that were put off. */
  async makeDue(): Promise<void> {
    await this.operator.query(DUE);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#replicas.splice(0).map(stopped));
    await this.operator.dataSource.query('TRUNCATE outbox, outbox_scheduled, inbox, thing, sagas');
  }

  async close(): Promise<void> {
    await this.clear();
    await this.operator.close();
    await this.server.drop();
  }
}

async function stopped({ relay, database }: Replica): Promise<void> {
  await relay.stop();
  await database.close();
}

export async function backendOf(tx: Tx): Promise<number | undefined> {
  return (await tx.query<{ pid: number }>(BACKEND))[0]?.pid;
}

/** Writes the messages 1..count of the key, each in a transaction of its own, and gives their ids. */
export async function write(replica: Replica, key: string, count = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    ids.push(await replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n }, { key })));
  }
  return ids;
}
