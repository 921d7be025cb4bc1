import { type TraceContext, parseTraceparent } from '@lethe/kernel';
import type { DataOf, StreamDefinition } from '@lethe/topology';
import { decodeRecord } from '../../record-codec.js';
import { RecordFormatError } from '../../streaming.errors.js';
import type { UserRecord } from '../user-record.js';

/** A record whose data has passed the stream's schema. */
export interface StreamRecord<Data> {
  readonly sequenceNumber: string;
  /** Place among the records that the KPL packed into one; they share the sequence number. */
  readonly subSequenceNumber?: number;
  readonly partitionKey: string;
  /** When Kinesis took the record. */
  readonly arrivedAt: Date | undefined;
  /** Where in a distributed trace the record was written (R35). */
  readonly traceparent: string | undefined;
  readonly data: Data;
}

/** A record that no retry can mend: it is parked where the group has dead letters, else the handler decides what becomes of it. */
export interface InvalidRecord {
  readonly sequenceNumber: string;
  readonly subSequenceNumber?: number;
  readonly partitionKey: string;
  readonly bytes: Uint8Array;
  readonly error: RecordFormatError;
}

/** From where to where in its shard a batch goes, as checkpoints: after `from`, up to and including `to`. */
export interface BatchPosition {
  readonly from: string;
  readonly to: string;
}

/** Under what records are handled. */
export interface Handling {
  /** Name of the stream in AWS. */
  readonly stream: string;
  readonly shardId: string;
  /** Aborted when the shard is lost to another worker: what is not yet committed should not be. */
  readonly signal: AbortSignal;
  /** Higher for each owner of the shard: whoever keeps the highest one seen can refuse an owner of before (R28). */
  readonly fence: number;
  /** Each follows on the one before. Absent where several keys are handled at a time: there is no one place then. */
  readonly position?: BatchPosition;
}

/** Records of one shard in their order. Delivered at least once: a repeat has the same ids, maybe another cut. */
export interface StreamBatch<D extends StreamDefinition = StreamDefinition> extends Handling {
  readonly records: readonly StreamRecord<DataOf<D>>[];
  /** Those that could not be read; always empty where they are parked before. */
  readonly invalid: readonly InvalidRecord[];
}

/** Decodes what was read; records that cannot be decoded are set aside. */
export function readBatch<D extends StreamDefinition>(
  definition: D,
  read: readonly UserRecord[],
): Pick<StreamBatch<D>, 'records' | 'invalid'> {
  const records: StreamRecord<DataOf<D>>[] = [];
  const invalid: InvalidRecord[] = [];
  for (const { sequenceNumber, subSequenceNumber, partitionKey, arrivedAt, bytes } of read) {
    const packed = subSequenceNumber !== undefined;
    // Written out: a rest and a spread per record cost as much as its JSON.
    try {
      const { data, traceparent } = decodeRecord(definition, bytes);
      if (packed) records.push({ sequenceNumber, subSequenceNumber, partitionKey, arrivedAt, traceparent, data });
      else records.push({ sequenceNumber, partitionKey, arrivedAt, traceparent, data });
    } catch (error) {
      if (!(error instanceof RecordFormatError)) throw error;
      invalid.push({ sequenceNumber, ...(packed && { subSequenceNumber }), partitionKey, bytes, error });
    }
  }
  return { records, invalid };
}

/** The trace that all records were written in, if it is one; a batch of several traces begins its own. */
export function traceOf(records: readonly StreamRecord<unknown>[]): TraceContext | undefined {
  const first = parseTraceparent(records[0]?.traceparent);
  if (first === undefined) return undefined;
  const shared = records.every(({ traceparent }) => parseTraceparent(traceparent)?.traceId === first.traceId);
  return shared ? first : undefined;
}
