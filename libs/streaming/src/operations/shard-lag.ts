import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { pause } from '@lethe/kernel';
import { parseCheckpoint } from '../consumer/leases/checkpoint.js';
import type { Lease } from '../consumer/leases/lease.js';
import { iteratorAt } from '../consumer/reading/start-position.js';

/** How far an application is behind in one shard, counted from its checkpoint. */
export interface ShardLag {
  readonly millisBehind: number;
  /** Records of Kinesis after the checkpoint; packed ones count as one. */
  readonly records: number;
  /** Whether these are all, or the counting was ended. */
  readonly exact: boolean;
}

/** Kinesis allows five reads a second; two are left to those who work. */
const READ_SPACING_MS = 340;
const PAGE = 1_000;

/**
 * Reads on from a lease's checkpoint and counts, at most `most` records. Takes part of the shard's five reads a second.
 * Throws an InvalidCheckpointError, and the SDK's errors.
 */
export async function lagOf(
  kinesis: KinesisClient,
  { stream, shardId, checkpoint }: Pick<Lease, 'stream' | 'shardId' | 'checkpoint'>,
  most = 3_000,
): Promise<ShardLag> {
  const position = parseCheckpoint(shardId, checkpoint);
  if (position.kind === 'end') return { millisBehind: 0, records: 0, exact: true };
  const from = iteratorAt(position);
  let { ShardIterator: iterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ...from }),
  );
  // Read again where it is packed, of which some may be left.
  let records = from.ShardIteratorType === 'AT_SEQUENCE_NUMBER' ? -1 : 0;
  let millisBehind: number | undefined;
  while (iterator !== undefined && records < most) {
    if (millisBehind !== undefined) await pause(READ_SPACING_MS);
    const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE }));
    const { Records = [], MillisBehindLatest = 0 } = page;
    records += Records.length;
    // The first record not handled says how long it waits; a page without one, how far there is nothing.
    const waits = Records[0]?.ApproximateArrivalTimestamp;
    millisBehind ??= waits && records > 0 ? Math.max(0, Date.now() - waits.getTime()) : MillisBehindLatest;
    if (MillisBehindLatest === 0)
      return { millisBehind: records > 0 ? millisBehind : 0, records: Math.max(0, records), exact: true };
    iterator = page.NextShardIterator;
  }
  return { millisBehind: millisBehind ?? 0, records: Math.max(0, records), exact: iterator === undefined };
}
