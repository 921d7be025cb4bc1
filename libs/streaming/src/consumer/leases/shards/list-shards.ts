import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import type { Shard } from '../lease.js';

/** Every shard that the stream still knows, closed ones included. */
export async function listShards(kinesis: KinesisClient, stream: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    // A page is asked for by its token alone; the API refuses a stream name beside it.
    const page = await kinesis.send(
      new ListShardsCommand(token === undefined ? { StreamName: stream } : { NextToken: token }),
    );
    for (const { ShardId, ParentShardId, AdjacentParentShardId, HashKeyRange: range } of page.Shards ?? []) {
      const parents = [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined);
      const [starting, ending] = [range?.StartingHashKey, range?.EndingHashKey];
      const hashKeys = starting === undefined || ending === undefined ? undefined : { starting, ending };
      if (ShardId !== undefined) shards.push({ shardId: ShardId, parents, ...(hashKeys && { hashKeys }) });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return shards;
}
