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
import { utf8Length } from './utf8-length.js';

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

/**
 * A partition key that is packed again and again. It remembers where it stands in which table, which spares a look into a
 * map for every record. Of one aggregate at a time: one that is given to another in between is written down twice.
 */
export class PackedKey {
  /** The aggregate in whose table it stands, how often that one was emptied before, and where. */
  #of: Aggregate | undefined;
  #emptied = 0;
  #place = 0;
  readonly bytes: number;

  constructor(readonly text: string) {
    this.bytes = utf8Length(text);
  }

  /** Its place in the table, or -1. */
  placeIn(aggregate: Aggregate): number {
    return this.#of === aggregate && this.#emptied === aggregate.emptied ? this.#place : -1;
  }

  stands(aggregate: Aggregate, place: number): void {
    this.#of = aggregate;
    this.#emptied = aggregate.emptied;
    this.#place = place;
  }
}

/** One of the two tables of keys: each once, in the order in which they came. */
class KeyTable {
  readonly bytes = new ByteWriter();
  readonly #keys = new Map<string, PackedKey>();
  #count = 0;

  constructor(private readonly tag: number) {}

  /** Keys in it. */
  get count(): number {
    return this.#count;
  }

  keyOf(text: string): PackedKey {
    let key = this.#keys.get(text);
    if (!key) this.#keys.set(text, (key = new PackedKey(text)));
    return key;
  }

  add({ text, bytes }: PackedKey): void {
    this.bytes.reserve(delimitedSize(bytes));
    this.bytes.byte(this.tag);
    this.bytes.varint(bytes);
    this.bytes.text(text, bytes);
    this.#count += 1;
  }

  clear(): void {
    if (this.#keys.size > 0) this.#keys.clear();
    this.bytes.clear();
    this.#count = 0;
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
  #emptied = 0;

  /** Records in it. */
  get count(): number {
    return this.#count;
  }

  /** How often it was emptied. */
  get emptied(): number {
    return this.#emptied;
  }

  /** Bytes of what `pack` would give. */
  get size(): number {
    const keys = this.#partitionKeys.bytes.length + this.#explicitHashKeys.bytes.length;
    return MAGIC.length + keys + this.#records.length + MD5_BYTES;
  }

  /**
   * Adds a record unless the whole became larger than this; the first one is always taken. `key` is its partition key, for
   * those who keep them.
   */
  tryAdd(
    { partitionKey, explicitHashKey, data }: PackableRecord,
    maxBytes: number,
    key: PackedKey = this.#partitionKeys.keyOf(partitionKey),
  ): boolean {
    const hashKey = explicitHashKey === undefined ? undefined : this.#explicitHashKeys.keyOf(explicitHashKey);
    const place = key.placeIn(this);
    const hashPlace = hashKey?.placeIn(this) ?? -1;
    const keyIndex = place === -1 ? this.#partitionKeys.count : place;
    const hashIndex = hashKey && hashPlace === -1 ? this.#explicitHashKeys.count : hashPlace;
    const size = recordSize(keyIndex, hashIndex, data.length);
    let grows = delimitedSize(size);
    if (place === -1) grows += delimitedSize(key.bytes);
    if (hashKey && hashPlace === -1) grows += delimitedSize(hashKey.bytes);
    if (this.#count > 0 && this.size + grows > maxBytes) return false;
    if (place === -1) {
      this.#partitionKeys.add(key);
      key.stands(this, keyIndex);
    }
    if (hashKey && hashPlace === -1) {
      this.#explicitHashKeys.add(hashKey);
      hashKey.stands(this, hashIndex);
    }
    this.#write(keyIndex, hashIndex, data, size);
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
    this.#emptied += 1;
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
