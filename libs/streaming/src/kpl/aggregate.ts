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
} from './aggregated-format.js';
import { ByteWriter, varintSize } from './byte-writer.js';

/** A record that may be packed with others. */
export interface PackableRecord {
  readonly partitionKey: string;
  /** Decimal, below 2^128. */
  readonly explicitHashKey?: string | undefined;
  readonly data: Uint8Array;
}

const TAG_BYTES = 1;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const PARTITION_KEYS_TAG = tag(PARTITION_KEYS, LENGTH_DELIMITED);
const EXPLICIT_HASH_KEYS_TAG = tag(EXPLICIT_HASH_KEYS, LENGTH_DELIMITED);
const RECORDS_TAG = tag(RECORDS, LENGTH_DELIMITED);
const PARTITION_KEY_INDEX_TAG = tag(PARTITION_KEY_INDEX, VARINT);
const EXPLICIT_HASH_KEY_INDEX_TAG = tag(EXPLICIT_HASH_KEY_INDEX, VARINT);
const DATA_TAG = tag(DATA, LENGTH_DELIMITED);

const delimitedSize = (length: number): number => TAG_BYTES + varintSize(length) + length;

/** One of the two tables of keys: each once, in the order in which they came. */
class KeyTable {
  readonly #places = new Map<string, number>();
  readonly bytes = new ByteWriter();

  constructor(private readonly tag: number) {}

  /** The place of a key; the next one, if it has none yet. */
  placeOf(key: string): number {
    return this.#places.get(key) ?? this.#places.size;
  }

  isNew(place: number): boolean {
    return place === this.#places.size;
  }

  add(key: string, keyBytes: number): void {
    this.#places.set(key, this.#places.size);
    this.bytes.reserve(delimitedSize(keyBytes));
    this.bytes.byte(this.tag);
    this.bytes.varint(keyBytes);
    this.bytes.text(key, keyBytes);
  }

  clear(): void {
    this.#places.clear();
    this.bytes.clear();
  }
}

/**
 * Packs records as the KPL does, byte for byte: each key once in its table in the order in which they came, then the
 * records with the indexes of theirs. What is added is copied at once.
 */
export class Aggregate {
  readonly #partitionKeys = new KeyTable(PARTITION_KEYS_TAG);
  readonly #explicitHashKeys = new KeyTable(EXPLICIT_HASH_KEYS_TAG);
  readonly #records = new ByteWriter();
  #count = 0;

  /** Records in it. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of what `pack` would give. */
  get size(): number {
    const keys = this.#partitionKeys.bytes.length + this.#explicitHashKeys.bytes.length;
    return MAGIC.length + keys + this.#records.length + MD5_BYTES;
  }

  /** Adds a record unless the whole became larger than this; the first one is always taken. */
  tryAdd({ partitionKey, explicitHashKey, data }: PackableRecord, maxBytes: number): boolean {
    const key = this.#partitionKeys.placeOf(partitionKey);
    const keyBytes = this.#partitionKeys.isNew(key) ? Buffer.byteLength(partitionKey) : -1;
    // Digits are ASCII.
    const hashKey = explicitHashKey === undefined ? -1 : this.#explicitHashKeys.placeOf(explicitHashKey);
    const hashKeyBytes =
      explicitHashKey !== undefined && this.#explicitHashKeys.isNew(hashKey) ? explicitHashKey.length : -1;
    const size = recordSize(key, hashKey, data.length);
    const grows =
      delimitedSize(size) +
      (keyBytes === -1 ? 0 : delimitedSize(keyBytes)) +
      (hashKeyBytes === -1 ? 0 : delimitedSize(hashKeyBytes));
    if (this.#count > 0 && this.size + grows > maxBytes) return false;
    if (keyBytes !== -1) this.#partitionKeys.add(partitionKey, keyBytes);
    if (hashKeyBytes !== -1 && explicitHashKey !== undefined) this.#explicitHashKeys.add(explicitHashKey, hashKeyBytes);
    this.#write(key, hashKey, data, size);
    this.#count += 1;
    return true;
  }

  /** The data of the one record of Kinesis that holds all of them. */
  pack(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.size);
    let at = MAGIC.copy(out);
    at = this.#partitionKeys.bytes.copyTo(out, at);
    at = this.#explicitHashKeys.bytes.copyTo(out, at);
    at = this.#records.copyTo(out, at);
    hash('md5', out.subarray(MAGIC.length, at), 'buffer').copy(out, at);
    return out;
  }

  /** Empties it for the next records; its memory is kept. */
  clear(): void {
    this.#partitionKeys.clear();
    this.#explicitHashKeys.clear();
    this.#records.clear();
    this.#count = 0;
  }

  #write(key: number, hashKey: number, data: Uint8Array, size: number): void {
    const out = this.#records;
    out.reserve(delimitedSize(size));
    out.byte(RECORDS_TAG);
    out.varint(size);
    out.byte(PARTITION_KEY_INDEX_TAG);
    out.varint(key);
    if (hashKey !== -1) {
      out.byte(EXPLICIT_HASH_KEY_INDEX_TAG);
      out.varint(hashKey);
    }
    out.byte(DATA_TAG);
    out.varint(data.length);
    out.data(data);
  }
}

function recordSize(key: number, hashKey: number, length: number): number {
  const ofHashKey = hashKey === -1 ? 0 : TAG_BYTES + varintSize(hashKey);
  return TAG_BYTES + varintSize(key) + ofHashKey + delimitedSize(length);
}
