import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Shard, ListShardsCommand, MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { type AwsClients, createClients } from '@lethe/aws';
import { type Deferred, deferred, eventually } from '@lethe/testing';
import { randomUUID } from 'node:crypto';
import { ConsumerGroup, type ConsumerEvent, type ConsumerGroupOptions, StreamProducer } from '../src/index.js';
import { provisionLeaseTable, provisionStreams } from '../src/provision.js';
import { range } from './range.js';
import { Steps, WideSteps } from './steps.js';

export { Steps, WideSteps, range };
export type Step = { key: string; n: number };
type Group = ConsumerGroupOptions<typeof Steps>;

/** A stream and a lease table of one test, and what is started on them. */
export class TestStream {
  readonly clients = newClients();
  readonly table = `leases-${randomUUID()}`;
  readonly application = 'test';
  readonly #effects: Deferred<void>[] = [];
  readonly #toStop: (() => Promise<void>)[] = [];

  private constructor(readonly stream: string) {}

  static async create(shards = 1): Promise<TestStream> {
    const test = new TestStream(`steps-${randomUUID()}`);
    await provisionStreams([{ name: test.stream, owner: 'shop', shards }], test.clients.kinesis);
    await provisionLeaseTable(test.table, test.clients.dynamodb);
    return test;
  }

  producer(options: Partial<ConstructorParameters<typeof StreamProducer<typeof Steps>>[0]> = {}) {
    return new StreamProducer({ definition: Steps, stream: this.stream, clients: this.clients, ...options });
  }

  /** Puts steps `from` to `to` of a key, in order. */
  async put(key: string, from: number, to: number): Promise<void> {
    const producer = this.producer();
    await Promise.all(Array.from({ length: to - from + 1 }, (_, at) => producer.put({ key, n: from + at })));
  }

  /** A consumer group whose times are short; stopped when the test is closed. */
  group(options: Partial<Group>, clients: AwsClients = this.clients) {
    const events: ConsumerEvent[] = [];
    const group = new ConsumerGroup({
      definition: Steps,
      stream: this.stream,
      application: this.application,
      worker: 'worker',
      leaseTable: this.table,
      clients,
      leaseDurationMs: 1_500,
      syncMs: 100,
      idlePollMs: 210,
      retry: { backoff: { base: 1, cap: 10 } },
      onEvent: (event) => events.push(event),
      ...options,
    });
    this.#toStop.push(() => group.stop());
    return { group, events };
  }

  /** What a handler waits for; given at the latest when the test is closed, so that a failing test still ends. */
  effect(): Deferred<void> {
    const effect = deferred();
    this.#effects.push(effect);
    return effect;
  }

  async lease(shardId: string, application = this.application): Promise<Record<string, string | undefined>> {
    const Key = { leaseKey: { S: `${application}:${this.stream}:${shardId}` } };
    const { Item = {} } = await this.clients.dynamodb.send(
      new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true }),
    );
    return Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? value.N]));
  }

  async shards(): Promise<Shard[]> {
    const { Shards = [] } = await this.clients.kinesis.send(new ListShardsCommand({ StreamName: this.stream }));
    return Shards;
  }
  async openShards(): Promise<string[]> {
    const open = (await this.shards()).filter((shard) => !shard.SequenceNumberRange?.EndingSequenceNumber);
    return open.map(({ ShardId = '' }) => ShardId);
  }

  async split(shardId: string): Promise<void> {
    const open = (await this.openShards()).length;
    const range = (await this.shards()).find((shard) => shard.ShardId === shardId)?.HashKeyRange;
    const middle = (BigInt(range?.StartingHashKey ?? 0) + BigInt(range?.EndingHashKey ?? 0)) / 2n;
    const NewStartingHashKey = String(middle);
    await this.clients.kinesis.send(
      new SplitShardCommand({ StreamName: this.stream, ShardToSplit: shardId, NewStartingHashKey }),
    );
    await this.#openShardsBecome(open + 1);
  }

  async merge(ShardToMerge: string, AdjacentShardToMerge: string): Promise<void> {
    const open = (await this.openShards()).length;
    await this.clients.kinesis.send(
      new MergeShardsCommand({ StreamName: this.stream, ShardToMerge, AdjacentShardToMerge }),
    );
    await this.#openShardsBecome(open - 1);
  }

  async close(): Promise<void> {
    for (const { resolve } of this.#effects) resolve();
    await Promise.all(this.#toStop.map((stop) => stop()));
    this.clients.close();
  }

  async #openShardsBecome(count: number): Promise<void> {
    await eventually(async () => {
      const open = await this.openShards();
      if (open.length !== count) throw new Error(`${open.length} open shards`);
    });
  }
}

export function newClients(): AwsClients {
  return createClients({ region: 'us-east-1' });
}

/** What a handler saw, by key and in order. */
export class Seen {
  readonly steps: Step[] = [];

  readonly handle: NonNullable<Group['handle']> = async ({ records }) => {
    this.steps.push(...records.map(({ data }) => data));
  };

  of(key: string): number[] {
    return this.steps.filter((step) => step.key === key).map(({ n }) => n);
  }
}
