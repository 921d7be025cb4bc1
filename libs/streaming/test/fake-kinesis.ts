import { KinesisClient, type PutRecordsInput, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { hashKeyDigits, hashKeyOf } from '../src/kpl/hash-key.js';
import { userRecords } from '../src/kpl/user-record.js';

const SPACE = 2n ** 128n;

interface FakeShard {
  readonly shardId: string;
  readonly from: bigint;
  /** Not taken any more. */
  readonly to: bigint;
  closed: boolean;
  readonly entries: PutRecordsRequestEntry[];
}

/** What becomes of one entry: refused with this code, or taken where undefined. */
type Refuse = (entry: PutRecordsRequestEntry, call: number) => string | undefined;

/** Kinesis as far as a producer knows it, in memory. Tests tell it what to refuse, and reshard it. */
export class FakeKinesis {
  readonly kinesis = new KinesisClient({ region: 'us-east-1' });
  /** Entries of each PutRecords call. */
  readonly calls: PutRecordsRequestEntry[][] = [];
  surveys = 0;
  refuse: Refuse = () => undefined;
  /** What every call fails with. */
  fault: Error | undefined;
  /** Awaited before a PutRecords call takes effect. */
  before: (call: number) => Promise<void> = () => Promise.resolve();
  #shards: FakeShard[];
  #sequence = 0;

  constructor(shards = 1) {
    const width = SPACE / BigInt(shards);
    this.#shards = Array.from({ length: shards }, (_, n) =>
      this.#shard(`shard-${n}`, width * BigInt(n), n === shards - 1 ? SPACE : width * BigInt(n + 1)),
    );
    Object.defineProperty(this.kinesis, 'send', { value: this.#send });
  }

  /** Closes a shard and opens two in its place. */
  split(shardId: string): void {
    const parent = this.#shards.find((shard) => shard.shardId === shardId && !shard.closed);
    if (!parent) throw new Error(`${shardId} is not open`);
    parent.closed = true;
    const middle = (parent.from + parent.to) / 2n;
    this.#shards.push(
      this.#shard(`${shardId}-low`, parent.from, middle),
      this.#shard(`${shardId}-high`, middle, parent.to),
    );
  }

  /** Closes two neighbours and opens one in their place. */
  merge(low: string, high: string): void {
    const [left, right] = [low, high].map((id) => this.#shards.find(({ shardId }) => shardId === id));
    if (!left || !right) throw new Error('no such shards');
    left.closed = right.closed = true;
    this.#shards.push(this.#shard(`${low}+${high}`, left.from, right.to));
  }

  /** The texts that a reader gets, by shard, those left out that are packed into a shard not theirs: the KCL's rule. */
  read(): { readonly shardId: string; readonly partitionKey: string; readonly text: string }[] {
    return this.#shards.flatMap(({ shardId, from, to, entries }) =>
      entries
        .flatMap(({ Data, PartitionKey }) => userRecords({ SequenceNumber: '1', Data, PartitionKey }))
        .filter(({ partitionKey, explicitHashKey }) => {
          const key = BigInt(`0x${hashKeyOf(partitionKey, explicitHashKey)}`);
          return from <= key && key < to;
        })
        .map(({ partitionKey, bytes }) => ({ shardId, partitionKey, text: Buffer.from(bytes).toString() })),
    );
  }

  /** What a reader gets of one key, parents before children. */
  of(key: string): string[] {
    return this.read().flatMap(({ partitionKey, text }) => (partitionKey === key ? [text] : []));
  }

  readonly #send = async (command: { readonly input: object }): Promise<object> => {
    if (this.fault) throw this.fault;
    return 'Records' in command.input ? this.#put(command.input as PutRecordsInput) : this.#list();
  };

  #list(): object {
    this.surveys += 1;
    return {
      Shards: this.#shards.map(({ shardId, from, to, closed }) => ({
        ShardId: shardId,
        HashKeyRange: { StartingHashKey: `${from}`, EndingHashKey: `${to - 1n}` },
        SequenceNumberRange: { StartingSequenceNumber: '0', ...(closed && { EndingSequenceNumber: '9' }) },
      })),
    };
  }

  async #put({ Records: entries = [] }: PutRecordsInput): Promise<object> {
    const call = this.calls.push(entries);
    await this.before(call);
    return {
      Records: entries.map((entry) => {
        const code = this.refuse(entry, call);
        if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'refused' };
        const { PartitionKey = '', ExplicitHashKey } = entry;
        const digits = ExplicitHashKey === undefined ? hashKeyOf(PartitionKey) : hashKeyDigits(ExplicitHashKey);
        const key = BigInt(`0x${digits}`);
        const shard = this.#shards.find(({ from, to, closed }) => !closed && from <= key && key < to);
        shard?.entries.push(entry);
        this.#sequence += 1;
        return { ShardId: shard?.shardId, SequenceNumber: `${this.#sequence}` };
      }),
    };
  }

  #shard(shardId: string, from: bigint, to: bigint): FakeShard {
    return { shardId, from, to, closed: false, entries: [] };
  }
}
