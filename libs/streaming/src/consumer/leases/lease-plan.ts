import { SHARD_END } from './checkpoint.js';
import type { Lease, Shard } from './lease.js';

type Leases = ReadonlyMap<string, Lease>;

/** Shards that have no lease yet. */
export function shardsWithoutLease(shards: readonly Shard[], leases: Leases): Shard[] {
  return shards.filter(({ shardId }) => !leases.has(shardId));
}

/**
 * Leases that may be read now: not at their end, and every parent at its. A merged shard waits for both of its
 * parents. A parent that the stream no longer lists lies before the trim horizon: nothing of it is left to wait for.
 */
export function readableLeases(shards: readonly Shard[], leases: Leases): Lease[] {
  const listed = new Set(shards.map(({ shardId }) => shardId));
  const finished = (shardId: string): boolean => !listed.has(shardId) || leases.get(shardId)?.checkpoint === SHARD_END;
  return shards.flatMap(({ shardId, parents }) => {
    const lease = leases.get(shardId);
    return lease !== undefined && lease.checkpoint !== SHARD_END && parents.every(finished) ? [lease] : [];
  });
}

/** Whether a shard has ended whose children the list does not show yet: the list is older than a reshard. */
export function listIsStale(shards: readonly Shard[], leases: Leases): boolean {
  const parents = new Set(shards.flatMap((shard) => shard.parents));
  return shards.some(({ shardId }) => leases.get(shardId)?.checkpoint === SHARD_END && !parents.has(shardId));
}

/** Parents that the stream no longer lists: their leases are of no use to anyone. */
export function trimmedParents(shards: readonly Shard[]): string[] {
  const listed = new Set(shards.map(({ shardId }) => shardId));
  return [...new Set(shards.flatMap(({ parents }) => parents))].filter((parent) => !listed.has(parent));
}
