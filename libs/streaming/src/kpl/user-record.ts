import { hash } from 'node:crypto';
import type { _Record } from '@aws-sdk/client-kinesis';
import {
  DATA,
  EXPLICIT_HASH_KEYS,
  EXPLICIT_HASH_KEY_INDEX,
  LENGTH_DELIMITED,
  MAGIC,
  MD5_BYTES,
  PARTITION_KEYS,
  PARTITION_KEY_INDEX,
  RECORDS,
  VARINT,
} from './aggregated-format.js';
import { MessageReader } from './message-reader.js';

/** A record as its producer wrote it: a record of Kinesis, or one of those that the KPL packed into it. */
export interface UserRecord {
  readonly sequenceNumber: string;
  /** Its place among those packed into one record, from 0. */
  readonly subSequenceNumber?: number;
  /** What a checkpoint says once this record, and all before it, have taken effect. */
  readonly checkpoint: string;
  readonly partitionKey: string;
  /** Decimal. Only a packed record tells it; of others Kinesis does not. */
  readonly explicitHashKey?: string;
  readonly bytes: Uint8Array;
  readonly arrivedAt: Date | undefined;
}

/** One of those in a packed record. */
export interface PackedRecord {
  /** Undefined where the table has no such key. */
  readonly partitionKey: string | undefined;
  readonly explicitHashKey: string | undefined;
  /** A view of the bytes that were read. */
  readonly bytes: Uint8Array;
}

/**
 * The records in a record of Kinesis: itself, or in their order those that the KPL packed into it. What merely begins
 * like a packed one is left as it is, as the KCL does.
 */
export function userRecords(raw: _Record): UserRecord[] {
  const { SequenceNumber: sequenceNumber = '', PartitionKey = '', Data = new Uint8Array() } = raw;
  const arrivedAt = raw.ApproximateArrivalTimestamp;
  const packed = unpack(Data);
  if (!packed)
    return [{ sequenceNumber, arrivedAt, checkpoint: sequenceNumber, partitionKey: PartitionKey, bytes: Data }];
  return packed.map(({ partitionKey = PartitionKey, explicitHashKey, bytes }, subSequenceNumber) => {
    // Of the last one too: the sequence number alone would say that nothing is packed into it, to KCL at least.
    const checkpoint = `${sequenceNumber}:${subSequenceNumber}`;
    const record = { sequenceNumber, arrivedAt, subSequenceNumber, checkpoint, partitionKey, bytes };
    return explicitHashKey === undefined ? record : { ...record, explicitHashKey };
  });
}

/** Whether data begins like a packed record; only {@link unpack} knows whether it is one. */
export function mayBePacked(data: Uint8Array): boolean {
  return data[0] === MAGIC[0] && data[1] === MAGIC[1] && data[2] === MAGIC[2] && data[3] === MAGIC[3];
}

/** What is packed into the data of a record of Kinesis, its MD5 checked; undefined where nothing is. */
export function unpack(data: Uint8Array): readonly PackedRecord[] | undefined {
  if (data.length <= MAGIC.length + MD5_BYTES || !mayBePacked(data)) return undefined;
  const whole = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const message = whole.subarray(MAGIC.length, -MD5_BYTES);
  if (!hash('md5', message, 'buffer').equals(whole.subarray(-MD5_BYTES))) return undefined;
  const records = readAggregate(message);
  return records.length === 0 ? undefined : records;
}

const delimited = (field: number): number => (field << 3) | LENGTH_DELIMITED;
const varint = (field: number): number => (field << 3) | VARINT;
const [PARTITION_KEYS_TAG, EXPLICIT_HASH_KEYS_TAG] = [delimited(PARTITION_KEYS), delimited(EXPLICIT_HASH_KEYS)];
const [RECORDS_TAG, DATA_TAG] = [delimited(RECORDS), delimited(DATA)];
const [PARTITION_KEY_INDEX_TAG, EXPLICIT_HASH_KEY_INDEX_TAG] = [
  varint(PARTITION_KEY_INDEX),
  varint(EXPLICIT_HASH_KEY_INDEX),
];

/** Throws a RangeError where the message is broken, which a message with the right MD5 is not. */
function readAggregate(message: Buffer): PackedRecord[] {
  const partitionKeys: string[] = [];
  const explicitHashKeys: string[] = [];
  const entries: Entry[] = [];
  const reader = new MessageReader(message);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === RECORDS_TAG) entries.push(readEntry(reader));
    else if (tag === PARTITION_KEYS_TAG) partitionKeys.push(reader.text());
    else if (tag === EXPLICIT_HASH_KEYS_TAG) explicitHashKeys.push(reader.text());
    else reader.skip(tag);
  }
  // In a second pass: protobuf does not say that the tables come first.
  for (const entry of entries) {
    entry.partitionKey = partitionKeys[entry.key];
    if (entry.hashKey !== -1) entry.explicitHashKey = explicitHashKeys[entry.hashKey];
  }
  return entries;
}

/** What becomes of it is the same object: one more for each record costs as much as to read it. */
interface Entry {
  /** Indexes of the tables; -1: there is none. */
  readonly key: number;
  readonly hashKey: number;
  readonly bytes: Uint8Array;
  partitionKey: string | undefined;
  explicitHashKey: string | undefined;
}

const NONE = new Uint8Array();

function readEntry(reader: MessageReader): Entry {
  const outer = reader.enter();
  let key = 0;
  let hashKey = -1;
  let bytes: Uint8Array = NONE;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === DATA_TAG) bytes = reader.data();
    else if (tag === PARTITION_KEY_INDEX_TAG) key = reader.varint();
    else if (tag === EXPLICIT_HASH_KEY_INDEX_TAG) hashKey = reader.varint();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { key, hashKey, bytes, partitionKey: undefined, explicitHashKey: undefined };
}
