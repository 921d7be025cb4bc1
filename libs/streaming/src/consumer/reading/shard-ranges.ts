import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { type HashKeyRange, hashKeyDigits, hashKeyOf, inRange } from '../../kpl/hash-key.js';
import { InvalidHashKeyError } from '../../streaming.errors.js';
import type { SourceShard } from './record-source.js';

/** Whether a packed record belongs to a shard: by its explicit hash key, or else by its partition key. */
export type RangeCheck = (partitionKey: string, explicitHashKey: string | undefined) => boolean;

/** The check of one page, in which each key is hashed once. A hash key that is none belongs: where else would it? */
export function rangeCheck(range: HashKeyRange): RangeCheck {
  const partitionKeys = new Map<string, boolean>();
  const explicitHashKeys = new Map<string, boolean>();
  return (partitionKey, explicitHashKey) => {
    const known = explicitHashKey === undefined ? partitionKeys : explicitHashKeys;
    const key = explicitHashKey ?? partitionKey;
    let belongs = known.get(key);
    if (belongs === undefined) {
      belongs = belongsTo(range, partitionKey, explicitHashKey);
      known.set(key, belongs);
    }
    return belongs;
  };
}

function belongsTo(range: HashKeyRange, partitionKey: string, explicitHashKey: string | undefined): boolean {
  try {
    return inRange(range, hashKeyOf(partitionKey, explicitHashKey));
  } catch (error) {
    if (error instanceof InvalidHashKeyError) return true;
    throw error;
  }
}

/** Whether a stream's only shard has this range. */
export const isWhole = ({ first, last }: HashKeyRange): boolean => /^0+$/.test(first) && /^f+$/.test(last);

/** Which shard takes which hash keys, asked for when packed records are first read: once for all shards there are. */
export class ShardRanges {
  #known = new Map<string, HashKeyRange>();
  #asking: Promise<void> | undefined;

  /** None where the stream does not know the shard any more. Throws the SDK's errors. */
  async of({
    kinesis,
    stream,
    shardId,
  }: Pick<SourceShard, 'kinesis' | 'stream' | 'shardId'>): Promise<HashKeyRange | undefined> {
    const key = `${stream}:${shardId}`;
    if (!this.#known.has(key)) {
      this.#asking ??= this.#ask(kinesis, stream).finally(() => (this.#asking = undefined));
      await this.#asking;
    }
    return this.#known.get(key);
  }

  async #ask(kinesis: KinesisClient, stream: string): Promise<void> {
    let token: string | undefined;
    do {
      const input = token === undefined ? { StreamName: stream } : { NextToken: token };
      const page = await kinesis.send(new ListShardsCommand(input));
      for (const { ShardId, HashKeyRange: range } of page.Shards ?? []) {
        if (range?.StartingHashKey === undefined || range.EndingHashKey === undefined) continue;
        this.#known.set(`${stream}:${ShardId}`, {
          first: hashKeyDigits(range.StartingHashKey),
          last: hashKeyDigits(range.EndingHashKey),
        });
      }
      token = page.NextToken;
    } while (token !== undefined);
  }
}
