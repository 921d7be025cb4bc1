import { hash } from 'node:crypto';
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
  varintSize,
} from './aggregated-format.js';

/** A record that may be packed with others. */
export interface PackableRecord {
  readonly partitionKey: string;
  /** Decimal, below 2^128. */
  readonly explicitHashKey?: string | undefined;
  readonly data: Uint8Array;
}

const EMPTY = { data: new Uint8Array() };
const TAG_BYTES = 1;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const delimitedSize = (length: number): number => TAG_BYTES + varintSize(length) + length;

/**
 * Collects records and packs them as the KPL does, byte for byte: each key once in its table in the order in which they
 * came, then the records with the indexes of theirs. Sizes are known before anything is written, so that the bytes are
 * written once, into a buffer of just that size.
 */
export class Aggregate<R extends PackableRecord = PackableRecord> {
  readonly records: R[] = [];
  readonly #partitionKeys = new Map<string, number>();
  readonly #explicitHashKeys = new Map<string, number>();
  /** By record: its index in the table of partition keys, and that of explicit hash keys, or -1. */
  readonly #indexes: number[] = [];
  #size = MAGIC.length + MD5_BYTES;

  /** Bytes of what `pack` would give. */
  get size(): number {
    return this.#size;
  }

  /** Adds a record unless the whole became larger than this; the first one is always taken. */
  tryAdd(record: R, maxBytes: number): boolean {
    const { partitionKey, explicitHashKey, data } = record;
    let grows = 0;
    let key = this.#partitionKeys.get(partitionKey);
    if (key === undefined) grows += delimitedSize(Buffer.byteLength(partitionKey));
    let hashKey = -1;
    if (explicitHashKey !== undefined) {
      hashKey = this.#explicitHashKeys.get(explicitHashKey) ?? this.#explicitHashKeys.size;
      if (hashKey === this.#explicitHashKeys.size) grows += delimitedSize(Buffer.byteLength(explicitHashKey));
    }
    grows += delimitedSize(recordSize(key ?? this.#partitionKeys.size, hashKey, data.length));
    if (this.records.length > 0 && this.#size + grows > maxBytes) return false;
    if (key === undefined) {
      key = this.#partitionKeys.size;
      this.#partitionKeys.set(partitionKey, key);
    }
    if (explicitHashKey !== undefined && hashKey === this.#explicitHashKeys.size)
      this.#explicitHashKeys.set(explicitHashKey, hashKey);
    this.#indexes.push(key, hashKey);
    this.records.push(record);
    this.#size += grows;
    return true;
  }

  /** The data of the one record of Kinesis that holds all of them. */
  pack(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.#size);
    let at = MAGIC.copy(out);
    for (const key of this.#partitionKeys.keys()) at = writeText(out, at, PARTITION_KEYS, key);
    for (const key of this.#explicitHashKeys.keys()) at = writeText(out, at, EXPLICIT_HASH_KEYS, key);
    for (let place = 0; place < this.records.length; place += 1) {
      const { data } = this.records[place] ?? EMPTY;
      at = writeRecord(out, at, this.#indexes[2 * place] ?? 0, this.#indexes[2 * place + 1] ?? -1, data);
    }
    hash('md5', out.subarray(MAGIC.length, at), 'buffer').copy(out, at);
    return out;
  }
}

function recordSize(key: number, hashKey: number, length: number): number {
  const ofHashKey = hashKey === -1 ? 0 : TAG_BYTES + varintSize(hashKey);
  return TAG_BYTES + varintSize(key) + ofHashKey + delimitedSize(length);
}

function writeVarint(out: Buffer, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[end++] = (rest % 0x80) | 0x80;
  out[end++] = rest;
  return end;
}

function writeText(out: Buffer, at: number, field: number, text: string): number {
  out[at] = tag(field, LENGTH_DELIMITED);
  const from = writeVarint(out, at + TAG_BYTES, Buffer.byteLength(text));
  return from + out.write(text, from, 'utf8');
}

function writeRecord(out: Buffer, at: number, key: number, hashKey: number, data: Uint8Array): number {
  out[at] = tag(RECORDS, LENGTH_DELIMITED);
  let end = writeVarint(out, at + TAG_BYTES, recordSize(key, hashKey, data.length));
  out[end] = tag(PARTITION_KEY_INDEX, VARINT);
  end = writeVarint(out, end + TAG_BYTES, key);
  if (hashKey !== -1) {
    out[end] = tag(EXPLICIT_HASH_KEY_INDEX, VARINT);
    end = writeVarint(out, end + TAG_BYTES, hashKey);
  }
  out[end] = tag(DATA, LENGTH_DELIMITED);
  end = writeVarint(out, end + TAG_BYTES, data.length);
  out.set(data, end);
  return end + data.length;
}
