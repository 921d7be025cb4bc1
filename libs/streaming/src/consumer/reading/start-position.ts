import type { GetShardIteratorInput, StartingPosition } from '@aws-sdk/client-kinesis';
import type { UserRecord } from '../../kpl/user-record.js';
import type { Position } from '../leases/checkpoint.js';

type Start = Exclude<Position, { readonly kind: 'end' }>;
type Iterator = Pick<GetShardIteratorInput, 'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'>;

/** A position as GetShardIterator wants it. */
export function iteratorAt(position: Start): Iterator {
  const { Type, SequenceNumber, Timestamp } = startingAt(position);
  return {
    ShardIteratorType: Type,
    ...(SequenceNumber !== undefined && { StartingSequenceNumber: SequenceNumber }),
    ...(Timestamp && { Timestamp }),
  };
}

/** A position as SubscribeToShard wants it. */
export function startingAt(position: Start): StartingPosition {
  if (position.kind === 'trim-horizon') return { Type: 'TRIM_HORIZON' };
  if (position.kind === 'latest') return { Type: 'LATEST' };
  if (position.kind === 'at-timestamp') return { Type: 'AT_TIMESTAMP', Timestamp: position.at };
  const { sequenceNumber: SequenceNumber, subSequenceNumber } = position;
  // Packed records of which some have been handled are read again, and those some passed over.
  return { Type: subSequenceNumber === undefined ? 'AFTER_SEQUENCE_NUMBER' : 'AT_SEQUENCE_NUMBER', SequenceNumber };
}

/** Whether the record is past the position; only within packed records can it not be. */
export function isAfter({ sequenceNumber, subSequenceNumber }: UserRecord, position: Position): boolean {
  if (position.kind !== 'after' || position.sequenceNumber !== sequenceNumber) return true;
  return (subSequenceNumber ?? 0) > (position.subSequenceNumber ?? Number.POSITIVE_INFINITY);
}
