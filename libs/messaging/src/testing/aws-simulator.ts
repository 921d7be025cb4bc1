import type { Timers } from '@lethe/kernel';
import { seededRandom } from '@lethe/kernel/virtual-time';
import type { Topology } from '@lethe/topology';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { MessagingClients } from '../clients.js';
import { provisionMessaging } from '../provision.js';
import { type FaultRates, Faults } from './faults.js';
import { History } from './history.js';
import { Network, type Span } from './wire/network.js';
import type { Operations } from './wire/operations.js';
import { SimulatedS3 } from './s3/simulated-s3.js';
import { snsOperations } from './sns/simulated-sns.js';
import { Topics } from './sns/topics.js';
import { queueOperations } from './sqs/queue-operations.js';
import { Queues } from './sqs/queues.js';
import { SimulatedSqs } from './sqs/simulated-sqs.js';
import type { StoredMessage } from './sqs/stored-message.js';
import { type Connection, connectionTo } from './wire/connection.js';

export interface AwsSimulatorOptions {
  /** A `VirtualTime` of `@lethe/kernel/virtual-time`, which stands still until it is moved. */
  readonly time: Timers;
  /** Of ids, latencies and faults by chance. Default 1. */
  readonly seed?: number;
  readonly faults?: FaultRates;
  /** Milliseconds that a request takes to arrive, and its answer again. Default 0. */
  readonly latencyMs?: number | Span;
  /** Milliseconds that a `slow` way takes longer, at most. Default 2 000. */
  readonly slowMs?: number;
  /** Default `eu-central-1`. */
  readonly region?: string;
  /** Default `000000000000`. */
  readonly accountId?: string;
}

/** A message in a queue, as an observer sees it. */
export interface SimulatedMessage extends Pick<
  StoredMessage,
  'id' | 'body' | 'attributes' | 'groupId' | 'deduplicationId' | 'sentAt' | 'receives' | 'returned'
> {
  /** Received and not yet visible again, or delayed. */
  readonly hidden: boolean;
}

/**
 * SQS, SNS and as much of S3 as a claim check needs, in memory and in virtual time. It carries out the SDK's commands and
 * throws the SDK's errors; faults come on demand (`faults.inject`) or by chance (`faults.setRates`) from a seed. The same
 * seed and the same work give the same {@link history}.
 */
export class AwsSimulator {
  readonly accountId: string;
  readonly history: History;
  readonly faults: Faults;
  readonly #region: string;
  readonly #network: Network;
  readonly #queues: Queues;
  readonly #s3 = new SimulatedS3();
  readonly #operations: Operations;
  readonly #connection: Connection;

  constructor(options: AwsSimulatorOptions) {
    const { time, seed = 1, faults = {}, latencyMs = 0, slowMs = 2_000 } = options;
    this.accountId = options.accountId ?? '000000000000';
    this.#region = options.region ?? 'eu-central-1';
    const account = { region: this.#region, id: this.accountId };
    const random = seededRandom(seed);
    this.history = new History(() => time.monotonic());
    this.faults = new Faults(random, faults);
    const { history } = this;
    const latency = typeof latencyMs === 'number' ? { min: latencyMs, max: latencyMs } : latencyMs;
    this.#network = new Network({ time, faults: this.faults, history, latencyMs: latency, slowMs });
    const nextId = ids(random);
    this.#queues = new Queues({ time, faults: this.faults, history, nextId }, account);
    const topics = new Topics({ time, history, nextId, queues: this.#queues, account });
    this.#operations = {
      ...queueOperations(this.#queues),
      ...new SimulatedSqs(this.#queues, this.faults, history).operations,
      ...snsOperations(topics, this.faults, history),
      ...this.#s3.operations,
    };
    this.#connection = this.connect();
  }

  /** What stands in for the SDK's clients. */
  get clients(): MessagingClients {
    return this.#connection.clients;
  }

  /** Clients of a process of its own, which can be cut off as by a kill. */
  connect(): Connection {
    return connectionTo(this.#operations, this.#region, this.#network);
  }

  /** Creates what the topology needs, without faults and in no time. */
  async provision(topology: Topology): Promise<void> {
    await provisionMessaging(topology, connectionTo(this.#operations, this.#region).clients);
  }

  async createBucket(name: string): Promise<void> {
    const { s3 } = connectionTo(this.#operations, this.#region).clients;
    await s3.send(new CreateBucketCommand({ Bucket: name }));
  }

  /** Keys of the objects in a bucket. */
  keys(bucket: string): string[] {
    return this.#s3.keys(bucket);
  }

  /** The messages of a queue, by its name, in order of arrival. Throws QueueDoesNotExist. */
  messages(queue: string): SimulatedMessage[] {
    const found = this.#queues.byName(queue);
    return found.messages.map((message) => ({ ...message, hidden: found.isHidden(message) }));
  }

  /** The messages that were received and are neither deleted nor visible again. */
  inFlight(queue: string): SimulatedMessage[] {
    return this.messages(queue).filter(({ hidden, receives }) => hidden && receives > 0);
  }

  /** Names of the queues that were received from at some time. */
  polled(): ReadonlySet<string> {
    return this.#queues.polled;
  }
}

/** UUIDs from a seed. */
function ids(random: () => number): () => string {
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}
