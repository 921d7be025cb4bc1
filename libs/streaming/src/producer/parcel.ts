import type { PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import type { Aggregate } from '../kpl/aggregate.js';
import type { PendingRecord } from './pending-record.js';

/**
 * The partition key of packed records, as the KPL has it. It says nothing: an explicit hash key says where they go, and
 * each record has its own key.
 */
const PACKED_KEY = 'a';

/** One record of Kinesis: what was put, as it is or packed. */
export interface Parcel {
  readonly records: readonly PendingRecord[];
  /** What Kinesis counts. */
  readonly size: number;
  /** Parcels of the same order go one after the other; undefined: any time. */
  readonly order: string | undefined;
  /** Whether places within it count. */
  readonly packed: boolean;
  /** When it may go again after a refusal, in monotonic milliseconds. */
  notBefore: number;
  readonly entry: () => PutRecordsRequestEntry;
}

/** A record on its own, with the partition key that it was put with. */
export function plainParcel(record: PendingRecord, order: string | undefined): Parcel {
  const { size, data: Data, partitionKey: PartitionKey, explicitHashKey: ExplicitHashKey } = record;
  const entry = { Data, PartitionKey, ...(ExplicitHashKey !== undefined && { ExplicitHashKey }) };
  return { records: [record], size, order, packed: false, notBefore: 0, entry: () => entry };
}

/** Packed records, aimed at a shard by its first hash key. One alone stays as it is, as with the KPL. */
export function packedParcel(
  aggregate: Aggregate<PendingRecord>,
  startingHashKey: string,
  order: string | undefined,
): Parcel {
  const { records } = aggregate;
  const [only] = records;
  if (only && records.length === 1) return plainParcel(only, order);
  let packed: PutRecordsRequestEntry | undefined;
  // Packed when it is sent for the first time: until then the bytes are held once.
  const entry = () =>
    (packed ??= { Data: aggregate.pack(), PartitionKey: PACKED_KEY, ExplicitHashKey: startingHashKey });
  return { records, size: packedSize(aggregate), order, packed: true, notBefore: 0, entry };
}

/** What Kinesis counts of packed records. */
export const packedSize = ({ size }: Aggregate<PendingRecord>): number => size + PACKED_KEY.length;
