import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { pause } from '@lethe/kernel';
import { SHARD_END } from '../consumer/leases/checkpoint.js';
import { LeaseTable } from '../consumer/leases/lease-table.js';
import type { Lease } from '../consumer/leases/lease.js';
import { leasesOf } from './application-leases.js';

const POLL_MS = 200;

export interface ReplayTarget {
  readonly dynamodb: DynamoDBClient;
  /** The lease table, its keys in the shared form. */
  readonly table: string;
  readonly application: string;
  readonly stream: string;
}

/** How far a replay has come. */
export interface ReplayProgress {
  readonly shards: number;
  /** Whose readers still have to let go, or which nobody reads at the moment: those begin again when somebody does. */
  readonly waiting: readonly string[];
}

/**
 * Has an application read its stream again from a time on. Nothing is taken from under a reader: shards read to their end
 * go back at once; of the others the owner lets go, and who takes them next begins at the time, parents before children.
 */
export async function requestReplay(target: ReplayTarget, from: Date): Promise<ReplayProgress> {
  const leases = await leasesOf(target, target.stream, target.application);
  const table = new LeaseTable(target);
  for (const { shardId } of parentsFirst(leases)) await table.requestReplay(shardId, from.getTime());
  return replayProgress(target);
}

/** Which shards have not gone back yet. */
export async function replayProgress(target: ReplayTarget): Promise<ReplayProgress> {
  const leases = await leasesOf(target, target.stream, target.application);
  const table = new LeaseTable(target);
  const waiting = leases.filter(({ replayFrom }) => replayFrom !== undefined);
  // One that came to its end after it was asked for has no reader any more who could obey.
  for (const { shardId, checkpoint, replayFrom } of waiting) {
    if (checkpoint === SHARD_END && replayFrom !== undefined) await table.requestReplay(shardId, replayFrom);
  }
  return { shards: leases.length, waiting: waiting.map(({ shardId }) => shardId) };
}

/** Waits until all shards have gone back that somebody reads, or `signal` says that this is long enough. */
export async function replayed(
  target: ReplayTarget,
  signal: AbortSignal,
  onProgress: (progress: ReplayProgress) => void = () => undefined,
): Promise<ReplayProgress> {
  for (;;) {
    const progress = await replayProgress(target);
    onProgress(progress);
    if (progress.waiting.length === 0 || signal.aborted) return progress;
    await pause(POLL_MS, signal);
  }
}

function parentsFirst<L extends Pick<Lease, 'shardId' | 'parents'>>(leases: readonly L[]): L[] {
  const left = new Map(leases.map((lease) => [lease.shardId, lease]));
  const sorted: L[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ parents }) => !parents.some((parent) => left.has(parent)));
    for (const lease of ready) left.delete(lease.shardId);
    sorted.push(...ready);
    if (ready.length === 0) return [...sorted, ...left.values()];
  }
  return sorted;
}
