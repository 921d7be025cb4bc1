import { hash } from 'node:crypto';
import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import type { SourceShard } from './record-source.js';

/** The hash keys that a shard takes, both ends included: 32 hexadecimal digits, so that texts compare as numbers do. */
export interface HashKeyRange {
  readonly first: string;
  readonly last: string;
}

const hexOf = (decimal: string): string => BigInt(decimal).toString(16).padStart(32, '0');

/** Whether a packed record belongs to the shard: by its explicit hash key in decimal, or else by its partition key. */
export function belongs(range: HashKeyRange, partitionKey: string, explicitHashKey: string | undefined): boolean {
  const key = explicitHashKey === undefined ? hash('md5', partitionKey, 'hex') : hexOf(explicitHashKey);
  return range.first <= key && key <= range.last;
}

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
          first: hexOf(range.StartingHashKey),
          last: hexOf(range.EndingHashKey),
        });
      }
      token = page.NextToken;
    } while (token !== undefined);
  }
}
