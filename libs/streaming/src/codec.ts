// The part that needs no client, for programs that are handed records by somebody else: Lambda functions.
export { type UserRecord, userRecords } from './consumer/user-record.js';
export { type DecodedRecord, type EncodedRecord, decodeRecord, encodeRecord } from './record-codec.js';
export { RecordFormatError } from './streaming.errors.js';
