import type { PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import type { Aggregate } from '../kpl/aggregate.js';
import { unpack } from '../kpl/user-record.js';
import type { PendingRecord, Run } from './pending-record.js';

/**
 * The partition key of packed records, as the KPL has it. It says nothing: an explicit hash key says where they go, and
 * each record has its own key.
 */
const PACKED_KEY = 'a';

/** One record of Kinesis: what was put, as it is or packed. */
export interface Parcel {
  readonly entry: PutRecordsRequestEntry;
  /** Who waits for what is in it, in its order. */
  readonly runs: readonly Run[];
  /** What Kinesis counts. */
  readonly size: number;
  /** Parcels of the same order go one after the other; undefined: any time. */
  readonly order: string | undefined;
  /** Whether places within it count. */
  readonly packed: boolean;
  /** Times that Kinesis refused it, or what is in it. */
  failures: number;
  /** When it may go again after a refusal, in monotonic milliseconds. */
  notBefore: number;
}

/** A record on its own, with the partition key that it was put with. */
export function plainParcel(
  { record, size, turn, waiter, failures }: PendingRecord,
  order: string | undefined,
): Parcel {
  const { data: Data, partitionKey: PartitionKey, explicitHashKey: ExplicitHashKey } = record;
  const entry = { Data, PartitionKey, ...(ExplicitHashKey !== undefined && { ExplicitHashKey }) };
  const runs = [{ waiter, turn, count: 1, bytes: size }];
  return { entry, runs, size, order, packed: false, failures, notBefore: 0 };
}

/** Packed records, aimed at a shard by its first hash key. */
export function packedParcel(
  aggregate: Aggregate,
  startingHashKey: string,
  about: Pick<Parcel, 'runs' | 'order' | 'failures'>,
): Parcel {
  const entry = { Data: aggregate.pack(), PartitionKey: PACKED_KEY, ExplicitHashKey: startingHashKey };
  return { ...about, entry, size: entry.Data.length + PACKED_KEY.length, packed: true, notBefore: 0 };
}

/** How many bytes of the aggregate there may be so that the parcel has no more than these. */
export const packedBytes = (maxBytes: number): number => maxBytes - PACKED_KEY.length;

/** What is in a parcel, one by one. */
export function contentsOf({ entry, runs, packed, failures }: Parcel): PendingRecord[] {
  const { Data: data = new Uint8Array(), PartitionKey: partitionKey = '', ExplicitHashKey: explicitHashKey } = entry;
  const inside = packed ? (unpack(data) ?? []) : [{ partitionKey, explicitHashKey, bytes: data }];
  const waiting = runs.flatMap((run) => Array.from({ length: run.count }, () => run));
  return inside.flatMap(({ partitionKey: key = '', explicitHashKey: hashKey, bytes }, at) => {
    const run = waiting[at];
    if (!run) return [];
    const record = { partitionKey: key, explicitHashKey: hashKey, data: bytes };
    return [{ record, size: bytes.length + Buffer.byteLength(key), turn: run.turn, waiter: run.waiter, failures }];
  });
}
