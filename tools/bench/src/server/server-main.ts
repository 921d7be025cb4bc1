import { randomUUID } from 'node:crypto';
import { buildApp, type BuildAppOptions } from 'fauxqs';
import { Work, workBody } from '../topology.js';
import { Backlog } from './backlog.js';
import type { ServerReply, ServerRequest } from './server-protocol.js';

// Entry of the embedded SNS and SQS's own process: fauxqs with its messages in memory. It ends with its parent.

type Stores = Required<NonNullable<BuildAppOptions['stores']>>;
interface Queue {
  messages: object;
  enqueue(message: unknown): void;
}
/** The parts of fauxqs 2.4.1 that its package does not export; the exact version is pinned. */
interface SqsStore {
  buildQueueUrl(name: string): string;
  createQueue(...args: unknown[]): Queue;
  getQueueByName(name: string): Queue | undefined;
  clearMessages(): void;
  allQueues(): Iterable<Queue>;
}
interface FauxqsParts {
  SqsStore: { new (): SqsStore; createMessage(body: string, attributes: object): unknown };
  SnsStore: { new (): object };
  S3Store: { new (): object };
}

const REGION = 'us-east-1';

async function loadParts(): Promise<FauxqsParts> {
  const main = import.meta.resolve('fauxqs');
  const files = ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js'];
  const modules: object[] = await Promise.all(files.map((file) => import(new URL(file, main).href)));
  return Object.assign({}, ...modules) as FauxqsParts;
}

function tell(reply: ServerReply): void {
  process.send?.(reply);
}

function fill(parts: FauxqsParts, store: SqsStore, name: string, count: number): void {
  const queue = store.getQueueByName(name);
  if (!queue) throw new Error(`there is no queue ${name}`);
  const time = Date.now();
  const attributes = { type: { DataType: 'String', StringValue: Work.type } };
  for (let n = 0; n < count; n += 1) {
    queue.enqueue(parts.SqsStore.createMessage(workBody(n, randomUUID(), time), attributes));
  }
}

const parts = await loadParts();
const sqsStore = new parts.SqsStore();
const stores = { sqsStore, snsStore: new parts.SnsStore(), s3Store: new parts.S3Store() } as object as Stores;
const createQueue = sqsStore.createQueue.bind(sqsStore);
sqsStore.createQueue = (...args) => Object.assign(createQueue(...args), { messages: new Backlog() });
const app = buildApp({ logger: false, defaultRegion: REGION, stores });
app.server.keepAliveTimeout = 70_000;
let delayMs = 0;
app.addHook('onSend', (_request, _reply, payload, done) => {
  if (delayMs === 0) done(null, payload);
  else setTimeout(() => done(null, payload), delayMs);
});
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
sqsStore.buildQueueUrl = (name) => `http://127.0.0.1:${port}/000000000000/${name}`;

process.once('disconnect', () => process.exit(0));
function carryOut(request: ServerRequest): void {
  switch (request.type) {
    case 'fill':
      fill(parts, sqsStore, request.queue, request.count);
      break;
    case 'delay':
      delayMs = request.ms;
      break;
    case 'clear':
      sqsStore.clearMessages();
      for (const queue of sqsStore.allQueues()) queue.messages = new Backlog();
      globalThis.gc?.();
  }
}

process.on('message', (request: ServerRequest) => {
  try {
    carryOut(request);
    tell({ type: 'done' });
  } catch (error) {
    tell({ type: 'failed', reason: String(error) });
  }
});
tell({ type: 'ready', port });
