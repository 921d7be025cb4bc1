import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { buildApp, type BuildAppOptions } from 'fauxqs';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';
import { enforceFormPolicies } from './form-uploads.js';
import { type MessageStore, type QueueMethods, endPollsOfGoneClients, keepReturnedMessages } from './fauxqs-repairs.js';

type Stores = Required<NonNullable<BuildAppOptions['stores']>>;

/** The parts of fauxqs 2.4.1 that its package does not export; the exact version is pinned. */
interface Persistence extends MessageStore {
  loadSqsAndSns(sqs: Stores['sqsStore'], sns: Stores['snsStore']): void;
  transaction(work: () => void): void;
  close(): void;
}
interface S3Persistence {
  loadS3(s3: Stores['s3Store']): void;
  close(): void;
}
interface Queue extends QueueMethods {
  persistence?: unknown;
}
interface SqsStore {
  persistence?: unknown;
  buildQueueUrl(name: string): string;
  allQueues(): Iterable<Queue>;
}
interface FauxqsParts {
  SqsStore: { new (): SqsStore };
  SqsQueue: { prototype: Queue };
  SnsStore: { new (): { persistence?: unknown } };
  S3Store: { new (): { persistence?: unknown } };
  PersistenceManager: { new (dataDir: string): Persistence };
  FileS3Persistence: { new (dataDir: string): S3Persistence };
}

async function loadParts(): Promise<FauxqsParts> {
  const main = import.meta.resolve('fauxqs');
  const files = ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js', 's3/fileS3Persistence.js'];
  const modules: object[] = await Promise.all(files.map((file) => import(new URL(file, main).href)));
  return Object.assign({}, ...modules) as FauxqsParts;
}

/**
 * SNS, SQS and S3 by fauxqs: messages in SQLite, written before they are acknowledged, objects as files.
 *
 * Its own `startFauxqs` is not used because it listens on every interface, keeps in queue URLs the port of the day on
 * which a queue was made, and moves a message to its dead-letter queue in two commits, between which a kill loses it.
 */
export async function runFauxqs(options: EmulatorOptions): Promise<RunningEmulator> {
  mkdirSync(options.dataDir, { recursive: true });
  const parts = await loadParts();
  const queueUrl = (name: string) => `http://127.0.0.1:${options.port}/${options.accountId}/${name}`;
  const messages = new parts.PersistenceManager(options.dataDir);
  // In WAL mode NORMAL loses nothing when the process is killed; only a power cut can take the last commits.
  messages.db.exec(`PRAGMA synchronous = ${options.ephemeral ? 'OFF' : 'NORMAL'}`);
  renewQueueUrls(messages.db, queueUrl);
  const objects = new parts.FileS3Persistence(join(options.dataDir, 's3'));

  const sqsStore = new parts.SqsStore();
  const snsStore = new parts.SnsStore();
  const s3Store = new parts.S3Store();
  sqsStore.buildQueueUrl = queueUrl;
  // Loaded before they persist: a row loaded would otherwise be replaced, and its messages deleted by the cascade.
  const stores = { sqsStore, snsStore, s3Store } as object as Stores;
  messages.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  objects.loadS3(stores.s3Store);
  sqsStore.persistence = snsStore.persistence = messages;
  s3Store.persistence = objects;
  for (const queue of sqsStore.allQueues()) queue.persistence = messages;
  receiveInOneCommit(parts.SqsQueue.prototype, messages);
  keepReturnedMessages(messages);

  const app = buildApp({ logger: false, defaultRegion: options.region, stores });
  endPollsOfGoneClients(app, parts.SqsQueue.prototype);
  enforceFormPolicies(app);
  app.server.keepAliveTimeout = 70_000;
  const ended = new Promise<void>((resolve) => app.server.once('error', () => resolve()));
  await app.listen({ port: options.port, host: '127.0.0.1' });
  return {
    ended,
    stop: async () => {
      await app.close();
      messages.close();
      objects.close();
    },
  };
}

function renewQueueUrls(db: DatabaseSync, queueUrl: (name: string) => string): void {
  db.prepare('UPDATE sqs_queues SET url = ? || name').run(queueUrl(''));
}

/** One commit per receive: faster for ten messages, and a move to the dead-letter queue happens wholly or not at all. */
function receiveInOneCommit(prototype: Queue, messages: Persistence): void {
  const dequeue = prototype.dequeue;
  prototype.dequeue = function inOneCommit(...args) {
    let received: unknown;
    messages.transaction(() => {
      received = dequeue.apply(this, args);
    });
    return received;
  };
}
