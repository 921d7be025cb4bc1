import { hash } from 'node:crypto';
import type { _Record } from '@aws-sdk/client-kinesis';
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A record as its producer wrote it: a record of Kinesis, or one of those that the KPL packed into it. */
export interface UserRecord {
  readonly sequenceNumber: string;
  /** Its place among those packed into one record, from 0. */
  readonly subSequenceNumber?: number;
  /** What a checkpoint says once this record, and all before it, have taken effect. */
  readonly checkpoint: string;
  readonly partitionKey: string;
  readonly bytes: Uint8Array;
  readonly arrivedAt: Date | undefined;
}

/**
 * An aggregated record is these four bytes, a protobuf message, and its MD5. Field numbers and form:
 * https://github.com/awslabs/kinesis-aggregation/blob/master/KPL-AggregatedRecordFormat.md
 */
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const MD5_BYTES = 16;
const PARTITION_KEYS = 1;
const RECORDS = 3;
const [PARTITION_KEY_INDEX, DATA] = [1, 3];

/**
 * The records in a record of Kinesis: itself, or in their order those that the KPL packed into it. What merely begins
 * like a packed one is left as it is, as the KCL does.
 */
export function userRecords(raw: _Record): UserRecord[] {
  const { SequenceNumber: sequenceNumber = '', PartitionKey = '', Data = new Uint8Array() } = raw;
  const about = { sequenceNumber, arrivedAt: raw.ApproximateArrivalTimestamp };
  const packed = unpack(Data);
  if (!packed) return [{ ...about, checkpoint: sequenceNumber, partitionKey: PartitionKey, bytes: Data }];
  return packed.map(({ partitionKey, bytes }, subSequenceNumber) => ({
    ...about,
    subSequenceNumber,
    // Of the last one too: the sequence number alone would say that nothing is packed into it, to KCL at least.
    checkpoint: `${sequenceNumber}:${subSequenceNumber}`,
    partitionKey: partitionKey ?? PartitionKey,
    bytes,
  }));
}

interface Packed {
  readonly partitionKey: string | undefined;
  readonly bytes: Uint8Array;
}

function unpack(data: Uint8Array): readonly Packed[] | undefined {
  const whole = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (whole.length <= MAGIC.length + MD5_BYTES || !whole.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const message = whole.subarray(MAGIC.length, -MD5_BYTES);
  if (!hash('md5', message, 'buffer').equals(whole.subarray(-MD5_BYTES))) return undefined;
  const keys: string[] = [];
  const records: { key: number; bytes: Uint8Array }[] = [];
  eachField(message, (field, reader) => {
    if (field === PARTITION_KEYS) keys.push(reader.string());
    else if (field === RECORDS) records.push(readRecord(reader.bytes()));
    else return false;
    return true;
  });
  return records.length === 0 ? undefined : records.map(({ key, bytes }) => ({ partitionKey: keys[key], bytes }));
}

function readRecord(message: Uint8Array): { key: number; bytes: Uint8Array } {
  let key = 0;
  let bytes: Uint8Array = new Uint8Array();
  eachField(message, (field, reader) => {
    if (field === PARTITION_KEY_INDEX) key = Number(reader.uint64());
    else if (field === DATA) bytes = reader.bytes();
    else return false;
    return true;
  });
  return { key, bytes };
}

/** Walks a message; a field that `read` does not read is passed over. */
function eachField(message: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, reader)) reader.skip(wireType);
  }
}
