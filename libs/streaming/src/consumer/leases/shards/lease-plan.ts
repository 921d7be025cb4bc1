import { type StartAt, AT_TIMESTAMP, SHARD_END, TRIM_HORIZON, startCheckpoint } from '../checkpoint.js';
import type { Lease, Shard } from '../lease.js';

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

/**
 * Where the shards without a lease begin. An application that has no lease yet begins where it is told to. One that has
 * some begins with a new shard at TRIM_HORIZON, since that came of a reshard (KIN-1); unless all its leases are still
 * where the application began, or its parents' are: then a worker was interrupted while it made them.
 */
export function startOf(shard: Shard, leases: Leases, startAt: StartAt, now: number): string {
  if (leases.size === 0) return startCheckpoint(startAt, now);
  const parents = shard.parents.map((parent) => leases.get(parent)).filter((lease) => lease !== undefined);
  const family = parents.length > 0 ? parents : [...leases.values()];
  const [first] = family;
  const sameTime = family.every(({ checkpoint }) => checkpoint === first?.checkpoint);
  return first?.checkpoint.startsWith(AT_TIMESTAMP) === true && sameTime ? first.checkpoint : TRIM_HORIZON;
}

/** What the list knows of a lease's children and its row does not. */
export function unnotedChildren(shards: readonly Shard[], leases: Leases): ReadonlyMap<string, readonly string[]> {
  const unnoted = new Map<string, string[]>();
  for (const { shardId, parents } of shards) {
    for (const parent of parents) {
      const lease = leases.get(parent);
      if (lease === undefined || lease.children.includes(shardId)) continue;
      unnoted.set(parent, [...(unnoted.get(parent) ?? []), shardId]);
    }
  }
  return unnoted;
}
