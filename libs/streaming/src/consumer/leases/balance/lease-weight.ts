import type { Lease, ShardLoad } from '../lease.js';

/** What a shard costs its reader though nothing is written to it. */
export const IDLE_WEIGHT = 0.05;
/** A shard takes so much per second (Kinesis quotas). */
const LIMIT = { bytes: 1024 ** 2, records: 1_000 } as const;

/**
 * How much of a worker a lease takes: what its shard carries as a share of what a shard can, in bytes or records,
 * whichever is more, in steps, so that small swings move nothing. Shards that nobody measured yet weigh alike.
 */
export function weightOf({ load }: Pick<Lease, 'load'>): number {
  return IDLE_WEIGHT * (1 + Math.round(shareOf(load) / IDLE_WEIGHT));
}

function shareOf(load: ShardLoad | undefined): number {
  if (load === undefined) return 0;
  return Math.max(load.bytesPerSecond / LIMIT.bytes, load.recordsPerSecond / LIMIT.records);
}
