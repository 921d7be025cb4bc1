import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, type _Record } from '@aws-sdk/client-kinesis';
import { pause } from '@lethe/kernel';
import type { VirtualTime } from '@lethe/kernel/virtual-time';
import { encodeRecord } from '../../src/codec.js';
import { Steps } from '../steps.js';
import { SimulatedTable, type Write } from './simulated-table.js';

type Row = Record<string, AttributeValue>;

interface Input extends Write {
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Row[] }>>;
  readonly ShardId?: string;
  readonly ShardIteratorType?: string;
  readonly StartingSequenceNumber?: string;
  readonly ShardIterator?: string;
  readonly Limit?: number;
}
interface Command {
  readonly input: Input;
}
interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** How a shard came from one owner to the next. */
export interface Move {
  readonly shardId: string;
  /** Milliseconds from the old owner's release to the first read of the new one. */
  readonly unreadMs: number;
  /** Reads of the lease table that the new owner made from the release until it took the lease. */
  readonly looks: number;
  /** Whether it was kept for the one who has taken it. */
  readonly kept: boolean;
}

interface Freed {
  readonly at: number;
  readonly to: string | undefined;
  readonly looks: ReadonlyMap<string, number>;
  taken?: Omit<Move, 'unreadMs'>;
}

/** A stream and a lease table in virtual time, where a call takes effect in the middle of its duration. */
export class SimulatedCloud {
  readonly shards: readonly string[];
  readonly moves: Move[] = [];
  readonly #table = new SimulatedTable();
  readonly #records = new Map<string, _Record[]>();
  readonly #freed = new Map<string, Freed>();
  /** By worker. */
  readonly #looks = new Map<string, number>();

  /** `callMs`: what a call takes, at most. */
  constructor(
    private readonly time: VirtualTime,
    shards: number,
    private readonly callMs: number,
  ) {
    this.shards = Array.from({ length: shards }, (_, at) => `shardId-${String(at).padStart(12, '0')}`);
  }

  /** Shards that are let go of and not yet read by another. */
  get unread(): number {
    return this.#freed.size;
  }

  /** Clients of one worker. */
  clients(worker: string): { readonly kinesis: KinesisClient; readonly dynamodb: DynamoDBClient } {
    const send = (act: (name: string, input: Input) => object) => ({
      value: async (command: Command, { abortSignal }: SendOptions = {}): Promise<object> => {
        const ms = this.callMs * (0.2 + 0.8 * this.time.random());
        await pause(ms / 2, undefined, this.time);
        const answer = act(command.constructor.name, command.input);
        await pause(ms / 2, undefined, this.time);
        abortSignal?.throwIfAborted();
        return answer;
      },
    });
    const kinesis = new KinesisClient({ region: 'us-east-1' });
    const dynamodb = new DynamoDBClient({ region: 'us-east-1' });
    Object.defineProperty(
      kinesis,
      'send',
      send((name, input) => this.#kinesis(name, input)),
    );
    Object.defineProperty(
      dynamodb,
      'send',
      send((name, input) => this.#dynamodb(worker, name, input)),
    );
    return { kinesis, dynamodb };
  }

  /** Puts a step into a shard, of a key that is the shard's name. */
  put(shardId: string, n: number): void {
    const records = this.#records.get(shardId) ?? [];
    this.#records.set(shardId, records);
    const SequenceNumber = String(records.length + 1);
    records.push({ SequenceNumber, PartitionKey: shardId, Data: encodeRecord(Steps, { key: shardId, n }).bytes });
  }

  #kinesis(name: string, { ShardId = '', ShardIterator = '', ...input }: Input): object {
    if (name === 'ListShardsCommand') return { Shards: this.shards.map((id) => ({ ShardId: id })) };
    if (name === 'GetShardIteratorCommand') {
      const from = input.ShardIteratorType === 'TRIM_HORIZON' ? 0 : Number(input.StartingSequenceNumber);
      return { ShardIterator: `${ShardId}/${from}` };
    }
    if (name !== 'GetRecordsCommand') throw new Error(`not simulated: ${name}`);
    const [shardId = '', from = ''] = ShardIterator.split('/');
    this.#noteRead(shardId);
    const Records = (this.#records.get(shardId) ?? []).slice(Number(from), Number(from) + (input.Limit ?? 0));
    return { Records, MillisBehindLatest: 0, NextShardIterator: `${shardId}/${Number(from) + Records.length}` };
  }

  #dynamodb(worker: string, name: string, input: Input): object {
    const { Key, RequestItems = {} } = input;
    if (name === 'GetItemCommand') return { Item: this.#table.get(Key) };
    if (name === 'BatchGetItemCommand') {
      this.#looks.set(worker, this.#looksOf(worker) + 1);
      const found = ([table, { Keys = [] }]: [string, { readonly Keys?: readonly Row[] }]) => [
        table,
        Keys.map((key) => this.#table.get(key)).filter((row) => row !== undefined),
      ];
      return { Responses: Object.fromEntries(Object.entries(RequestItems).map(found)) };
    }
    if (name === 'PutItemCommand') this.#table.put(input);
    else if (name === 'UpdateItemCommand') this.#update(worker, input);
    else throw new Error(`not simulated: ${name}`);
    return {};
  }

  #update(worker: string, write: Write): void {
    const before = this.#table.get(write.Key);
    this.#table.update(write);
    const after = this.#table.get(write.Key);
    const shardId = after?.['shardId']?.S ?? '';
    const freed = this.#freed.get(shardId);
    if (before?.['leaseOwner'] && !after?.['leaseOwner']) {
      const to = after?.['handoffTo']?.S;
      this.#freed.set(shardId, { at: this.time.monotonic(), to, looks: new Map(this.#looks) });
    } else if (!before?.['leaseOwner'] && after?.['leaseOwner'] && freed) {
      const looks = this.#looksOf(worker) - (freed.looks.get(worker) ?? 0);
      freed.taken = { shardId, looks, kept: freed.to === after['leaseOwner'].S };
    }
  }

  #noteRead(shardId: string): void {
    const freed = this.#freed.get(shardId);
    // The old owner may have had a read under way.
    if (!freed?.taken) return;
    this.moves.push({ ...freed.taken, unreadMs: this.time.monotonic() - freed.at });
    this.#freed.delete(shardId);
  }

  #looksOf(worker: string): number {
    return this.#looks.get(worker) ?? 0;
  }
}
