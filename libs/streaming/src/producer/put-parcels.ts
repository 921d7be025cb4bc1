import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { UnexpectedAnswerError } from '../streaming.errors.js';
import type { Parcel } from './parcel.js';

/** What became of a parcel. */
export type Outcome =
  | { readonly type: 'taken'; readonly shardId: string; readonly sequenceNumber: string }
  | { readonly type: 'refused'; readonly code: string; readonly detail: string };

/** PutRecords fails partially (`FailedRecordCount`): what became of each parcel, in their order. Throws the SDK's errors. */
export async function putParcels(
  kinesis: KinesisClient,
  stream: string,
  parcels: readonly Parcel[],
): Promise<Outcome[]> {
  const Records = parcels.map(({ entry }) => entry);
  const { Records: entries = [] } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
  if (entries.length !== parcels.length)
    throw new UnexpectedAnswerError(`PutRecords answered ${entries.length} entries for ${parcels.length} records`);
  return entries.map(outcomeOf);
}

function outcomeOf({ ErrorCode, ErrorMessage = '', SequenceNumber, ShardId }: PutRecordsResultEntry): Outcome {
  if (SequenceNumber !== undefined && ShardId !== undefined && ErrorCode === undefined)
    return { type: 'taken', shardId: ShardId, sequenceNumber: SequenceNumber };
  return { type: 'refused', code: ErrorCode ?? 'NoSequenceNumber', detail: ErrorMessage };
}
