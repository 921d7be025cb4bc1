import { createClients } from '@lethe/aws';
import { Database, migrate } from '@lethe/database';
import { MessagePublisher } from '@lethe/messaging';
import { Outbox, type Publisher, Relay, type RelayOptions, Wake, outboxMigrations } from '@lethe/outbox';
import { type Watcher, observe } from '../measure/observe.js';
import { type BenchTopology, maker } from '../topology.js';

export type { Publisher };

/** A service's outbox and the relay that empties it, put together by hand. */
export interface OutboxStack {
  readonly database: Database;
  readonly outbox: Outbox<typeof maker>;
  readonly relay: Relay;
}

export async function openDatabase(url: string): Promise<Database> {
  const options = { url, service: 'bench', migrations: outboxMigrations };
  await migrate(options);
  const database = new Database({ ...options, onIdleError: (error) => console.error(error) });
  await database.open();
  return database;
}

/** What an application publishes with; the watcher is told of each request. */
export function publisherOf(topology: BenchTopology, watcher?: Watcher): MessagePublisher {
  const { AWS_REGION: region = '', AWS_ACCOUNT_ID: accountId = '' } = process.env;
  const clients = createClients({ region });
  if (watcher) observe(clients.sqs, watcher);
  return new MessagePublisher({ topology, clients, accountId });
}

export function stackOn(database: Database, publisher: Publisher, options?: RelayOptions): OutboxStack {
  const bell = new Wake(database);
  return { database, outbox: new Outbox(maker, bell), relay: new Relay(database, publisher, maker, bell, options) };
}
