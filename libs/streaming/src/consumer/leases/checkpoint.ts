import { InvalidCheckpointError } from '../../streaming.errors.js';

/** Checkpoint of a shard of which nothing has been read. */
export const TRIM_HORIZON = 'TRIM_HORIZON';
/** Checkpoint of a closed shard whose every record has been handled; it is final. */
export const SHARD_END = 'SHARD_END';

/** Where reading goes on. */
export type Position =
  | { readonly kind: 'trim-horizon' }
  /** After the last record that the shard has when reading begins. */
  | { readonly kind: 'latest' }
  | { readonly kind: 'at-timestamp'; readonly at: Date }
  | { readonly kind: 'after'; readonly sequenceNumber: string; readonly subSequenceNumber?: number }
  | { readonly kind: 'end' };

const SEQUENCE = /^(0|[1-9]\d{0,128})(?::(0|[1-9]\d{0,5}))?$/;

/** Reads a checkpoint: a sequence number, with `:` and a sub-sequence number within packed records. Throws an {@link InvalidCheckpointError} for anything else, `LATEST` included. */
export function parseCheckpoint(shardId: string, checkpoint: string): Position {
  if (checkpoint === TRIM_HORIZON) return { kind: 'trim-horizon' };
  if (checkpoint === SHARD_END) return { kind: 'end' };
  const [, sequenceNumber, sub] = SEQUENCE.exec(checkpoint) ?? [];
  if (sequenceNumber !== undefined) {
    return { kind: 'after', sequenceNumber, ...(sub === undefined ? {} : { subSequenceNumber: Number(sub) }) };
  }
  throw new InvalidCheckpointError(shardId, checkpoint);
}
