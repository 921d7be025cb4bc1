import { InvalidCheckpointError } from '../../streaming.errors.js';

/** Checkpoint of a shard that is read from its oldest record on. */
export const TRIM_HORIZON = 'TRIM_HORIZON';
/** Checkpoint of a closed shard whose every record has been handled; it is final. */
export const SHARD_END = 'SHARD_END';
/** Checkpoint of a shard that is read from what comes next; only KCL writes it, see {@link startCheckpoint}. */
export const LATEST = 'LATEST';
/** Checkpoint of a shard that is read from a time on; a column of its own says from when, see {@link CheckpointColumns}. */
export const AT_TIMESTAMP = 'AT_TIMESTAMP';

/** Where an application begins with the shards that it finds; those of a later reshard are always read whole. */
export type StartAt = 'trim-horizon' | 'latest' | { readonly at: Date };

/** Where reading goes on. */
export type Position =
  | { readonly kind: 'trim-horizon' }
  | { readonly kind: 'latest' }
  /** From the first record that arrived then or later. */
  | { readonly kind: 'at-timestamp'; readonly at: Date }
  /** After this record, or after those packed into it up to the sub-sequence number. */
  | { readonly kind: 'after'; readonly sequenceNumber: string; readonly subSequenceNumber?: number }
  | { readonly kind: 'end' };

/** A checkpoint as the lease row has it: KCL's two columns and one of our own. */
export interface CheckpointColumns {
  /** A sequence number, or one of KCL's words. */
  readonly checkpoint: string;
  /** Place among packed records, from 0; that of a record that packs none is 0. Rows of old lack it. */
  readonly subSequenceNumber: number | undefined;
  /** Unix milliseconds, with the word AT_TIMESTAMP: KCL takes the time from its configuration instead. */
  readonly timestamp: number | undefined;
}

const SEQUENCE = /^(0|[1-9]\d{0,128})(?::(0|[1-9]\d{0,5}))?$/;
const TIMESTAMP = /^AT_TIMESTAMP:(0|[1-9]\d{0,14})$/;

/** Reads a checkpoint: `<sequence>`, `<sequence>:<sub-sequence>`, `AT_TIMESTAMP:<ms>` or one of KCL's words. Throws an {@link InvalidCheckpointError} for anything else. */
export function parseCheckpoint(shardId: string, checkpoint: string): Position {
  if (checkpoint === TRIM_HORIZON) return { kind: 'trim-horizon' };
  if (checkpoint === LATEST) return { kind: 'latest' };
  if (checkpoint === SHARD_END) return { kind: 'end' };
  const [, ms] = TIMESTAMP.exec(checkpoint) ?? [];
  if (ms !== undefined) return { kind: 'at-timestamp', at: new Date(Number(ms)) };
  const [, sequenceNumber, sub] = SEQUENCE.exec(checkpoint) ?? [];
  if (sequenceNumber !== undefined) {
    return { kind: 'after', sequenceNumber, ...(sub === undefined ? {} : { subSequenceNumber: Number(sub) }) };
  }
  throw new InvalidCheckpointError(shardId, checkpoint);
}

/** The checkpoint of a position. */
export function formatCheckpoint(position: Position): string {
  if (position.kind === 'trim-horizon') return TRIM_HORIZON;
  if (position.kind === 'latest') return LATEST;
  if (position.kind === 'end') return SHARD_END;
  if (position.kind === 'at-timestamp') return `${AT_TIMESTAMP}:${position.at.getTime()}`;
  const { sequenceNumber, subSequenceNumber } = position;
  return subSequenceNumber === undefined ? sequenceNumber : `${sequenceNumber}:${subSequenceNumber}`;
}

/**
 * The checkpoint of a shard that nobody has read yet. The latest record is written down as a time: were it the word,
 * a worker that dies before its first checkpoint would move the beginning, and lose what came in between.
 */
export function startCheckpoint(startAt: StartAt, now: number): string {
  if (startAt === 'trim-horizon') return TRIM_HORIZON;
  return formatCheckpoint({ kind: 'at-timestamp', at: startAt === 'latest' ? new Date(now) : startAt.at });
}

/** Splits a checkpoint into columns. What is no checkpoint stays as it is. */
export function toColumns(checkpoint: string): CheckpointColumns {
  const [, ms] = TIMESTAMP.exec(checkpoint) ?? [];
  if (ms !== undefined) return { checkpoint: AT_TIMESTAMP, subSequenceNumber: 0, timestamp: Number(ms) };
  const [, sequenceNumber, sub = '0'] = SEQUENCE.exec(checkpoint) ?? [];
  return {
    checkpoint: sequenceNumber ?? checkpoint,
    subSequenceNumber: Number(sub),
    timestamp: undefined,
  };
}

/**
 * Joins columns into a checkpoint. A sub-sequence number is kept even where it is 0: a KCL that wrote it may stand
 * within packed records. Rows of old have none, or have it in the checkpoint itself.
 */
export function fromColumns({ checkpoint, subSequenceNumber, timestamp }: CheckpointColumns): string {
  if (checkpoint === AT_TIMESTAMP) return timestamp === undefined ? checkpoint : `${checkpoint}:${timestamp}`;
  return subSequenceNumber === undefined || !/^\d+$/.test(checkpoint)
    ? checkpoint
    : `${checkpoint}:${subSequenceNumber}`;
}

/** Whether two checkpoints are the same place in the row. */
export function sameCheckpoint(one: string, other: string): boolean {
  const [a, b] = [toColumns(one), toColumns(other)];
  return a.checkpoint === b.checkpoint && a.subSequenceNumber === b.subSequenceNumber && a.timestamp === b.timestamp;
}
