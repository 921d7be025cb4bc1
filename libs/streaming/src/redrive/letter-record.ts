import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { WrittenLetter } from '../consumer/handling/dead-letters/letter-body.js';
import type { Shard } from '../consumer/leases/lease.js';
import type { PackableRecord } from '../kpl/aggregate.js';
import { hashKeyDigits, hashKeyOf, inRange } from '../kpl/hash-key.js';
import { userRecords } from '../kpl/user-record.js';

/** Where a letter's record lies: the same for two letters of one record. */
export function placeOf({ stream, application, shardId, sequenceNumber, subSequenceNumber }: WrittenLetter): string {
  return [stream, application, shardId, sequenceNumber, subSequenceNumber ?? ''].join('/');
}

/** The order of records of a key: by sequence number, through reshards, and then as they were packed. */
export function inStreamOrder(one: WrittenLetter, other: WrittenLetter): number {
  const [a, b] = [BigInt(one.sequenceNumber), BigInt(other.sequenceNumber)];
  return a === b ? (one.subSequenceNumber ?? 0) - (other.subSequenceNumber ?? 0) : a < b ? -1 : 1;
}

/**
 * The record as it was put, for the shard that it was in, or those that came of it. Of a record that is not packed Kinesis
 * tells no explicit hash key; one it must have had whose partition key leads elsewhere. Nothing where neither letter nor
 * stream has the record any more. Throws the SDK's errors.
 */
export async function recordOf(
  kinesis: KinesisClient,
  letter: WrittenLetter,
  shards: readonly Shard[],
): Promise<PackableRecord | undefined> {
  const data = letter.data === null ? await readBack(kinesis, letter, shards) : Buffer.from(letter.data, 'base64');
  if (!data) return undefined;
  const { partitionKey } = letter;
  const explicitHashKey = letter.explicitHashKey ?? aimedAt(letter, shards);
  return explicitHashKey === undefined ? { partitionKey, data } : { partitionKey, explicitHashKey, data };
}

function aimedAt({ shardId, partitionKey }: WrittenLetter, shards: readonly Shard[]): string | undefined {
  const range = shards.find((shard) => shard.shardId === shardId)?.hashKeys;
  if (!range) return undefined;
  const digits = { first: hashKeyDigits(range.starting), last: hashKeyDigits(range.ending) };
  return inRange(digits, hashKeyOf(partitionKey)) ? undefined : range.starting;
}

async function readBack(
  kinesis: KinesisClient,
  { stream, shardId, sequenceNumber, subSequenceNumber }: WrittenLetter,
  shards: readonly Shard[],
): Promise<Uint8Array | undefined> {
  if (!shards.some((shard) => shard.shardId === shardId)) return undefined;
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: sequenceNumber,
    }),
  );
  const { Records: [raw] = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
  // A trimmed one gives way to the oldest that there is.
  if (raw?.SequenceNumber !== sequenceNumber) return undefined;
  return userRecords(raw).find((record) => record.subSequenceNumber === subSequenceNumber)?.bytes;
}
