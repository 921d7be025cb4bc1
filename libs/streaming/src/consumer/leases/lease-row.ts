import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnexpectedAnswerError } from '../../streaming.errors.js';
import { fromColumns, toColumns } from './checkpoint.js';
import type { Lease, Shard, ShardLoad } from './lease.js';

export type Row = Record<string, AttributeValue>;

const BYTES_PER_KB = 1_024;

/** The row of a shard that nobody has read yet; its columns are KCL's, whose `streamName` is a stream's identifier. */
export function newRow(shard: Shard, stream: string, checkpoint: string): Row {
  const { shardId, parents, hashKeys } = shard;
  return {
    shardId: { S: shardId },
    streamName: { S: stream },
    leaseCounter: { N: '0' },
    ...checkpointAttributes(checkpoint),
    ownerSwitchesSinceCheckpoint: { N: '0' },
    ...(parents.length > 0 && { parentShardId: { SS: [...parents] } }),
    ...(hashKeys && { startingHashKey: { S: hashKeys.starting }, endingHashKey: { S: hashKeys.ending } }),
  };
}

/** The columns of a checkpoint; `checkpointTimestamp` is there only with AT_TIMESTAMP. */
export function checkpointAttributes(of: string): Row {
  const { checkpoint, subSequenceNumber = 0, timestamp } = toColumns(of);
  return {
    checkpoint: { S: checkpoint },
    checkpointSubSequenceNumber: { N: String(subSequenceNumber) },
    ...(timestamp !== undefined && { checkpointTimestamp: { N: String(timestamp) } }),
  };
}

/** The columns of a load. `throughputKBps` is KCL 3's, who balances by it; it counts no records. */
export function loadAttributes({ bytesPerSecond, recordsPerSecond }: ShardLoad): Row {
  return {
    throughputKBps: { N: (bytesPerSecond / BYTES_PER_KB).toFixed(3) },
    recordsPerSecond: { N: recordsPerSecond.toFixed(3) },
  };
}

/** Reads a row. Throws an {@link UnexpectedAnswerError} where it is no lease. */
export function toLease(row: Row, stream: string, shardId: string): Lease {
  const key = row['leaseKey']?.S ?? '';
  const counter = Number(row['leaseCounter']?.N);
  const checkpoint = row['checkpoint']?.S;
  if (!Number.isSafeInteger(counter) || checkpoint === undefined) {
    throw new UnexpectedAnswerError(`the lease row ${key} lacks leaseCounter or checkpoint`);
  }
  const subSequenceNumber = numberOf(row, 'checkpointSubSequenceNumber');
  const timestamp = numberOf(row, 'checkpointTimestamp');
  return {
    key,
    stream,
    shardId,
    owner: row['leaseOwner']?.S,
    counter,
    checkpoint: fromColumns({ checkpoint, subSequenceNumber, timestamp }),
    ownerSwitches: numberOf(row, 'ownerSwitchesSinceCheckpoint') ?? 0,
    handoffTo: row['handoffTo']?.S,
    // By name, since it is the word of that owner alone, whoever has the lease by now.
    offered: row['offeredBy'] !== undefined && row['offeredBy'].S === row['leaseOwner']?.S,
    load: loadOf(row),
    replayFrom: numberOf(row, 'replayFrom'),
    replayedAt: numberOf(row, 'replayedAt'),
    checkpointsIn: row['checkpointsIn']?.S,
    parents: row['parentShardId']?.SS ?? [],
    children: row['childShardIds']?.SS ?? [],
  };
}

function loadOf(row: Row): ShardLoad | undefined {
  const kiloBytes = numberOf(row, 'throughputKBps');
  if (kiloBytes === undefined) return undefined;
  return { bytesPerSecond: kiloBytes * BYTES_PER_KB, recordsPerSecond: numberOf(row, 'recordsPerSecond') ?? 0 };
}

function numberOf(row: Row, name: string): number | undefined {
  const text = row[name]?.N;
  return text === undefined ? undefined : Number(text);
}
