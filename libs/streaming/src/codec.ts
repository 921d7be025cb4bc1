// The part that needs no client, for programs that are handed records by somebody else: Lambda functions.
export { Aggregate, type PackableRecord } from './kpl/aggregate.js';
export { type HashKeyRange, hashKeyOf, inRange } from './kpl/hash-key.js';
export { type PackedRecord, type UserRecord, unpack, userRecords } from './kpl/user-record.js';
export { type DecodedRecord, type EncodedRecord, decodeRecord, encodeRecord } from './record-codec.js';
export { InvalidHashKeyError, RecordFormatError } from './streaming.errors.js';
