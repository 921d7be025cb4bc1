import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { fullJitter, pause } from '@lethe/kernel';
import type { EncodedRecord } from '../record-codec.js';
import { RecordRefusedError, UnexpectedAnswerError } from '../streaming.errors.js';

/** Where a record came to lie. */
export interface PutReceipt {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A record on its way, and whoever waits for it. */
export interface PendingRecord {
  readonly record: EncodedRecord;
  readonly settle: (outcome: { readonly receipt: PutReceipt } | { readonly error: unknown }) => void;
}

export interface PutPolicy {
  /** PutRecords calls for one record, the first included. */
  readonly maxAttempts: number;
  readonly backoff: { readonly base: number; readonly cap: number };
  readonly random: () => number;
}

/**
 * Writes a batch and settles each of its records exactly once; never throws. PutRecords fails partially
 * (`FailedRecordCount`): only the failed entries go again (R23), after full jitter, which may reorder records of a key.
 * A request that fails as a whole was already retried by the SDK: its records are given up at once (R05).
 */
export async function putBatch(
  kinesis: KinesisClient,
  stream: string,
  batch: readonly PendingRecord[],
  policy: PutPolicy,
): Promise<void> {
  let pending = batch;
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    try {
      const entries = await send(kinesis, stream, pending);
      pending = settleAll(pending, entries, attempt, policy.maxAttempts);
    } catch (error) {
      for (const { settle } of pending) settle({ error });
      return;
    }
    if (pending.length > 0) await pause(fullJitter(attempt, policy.backoff, policy.random));
  }
}

async function send(
  kinesis: KinesisClient,
  stream: string,
  pending: readonly PendingRecord[],
): Promise<PutRecordsResultEntry[]> {
  const Records = pending.map(({ record }) => ({ Data: record.bytes, PartitionKey: record.partitionKey }));
  const { Records: entries = [] } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
  if (entries.length !== pending.length) {
    throw new UnexpectedAnswerError(`PutRecords answered ${entries.length} entries for ${pending.length} records`);
  }
  return entries;
}

/** Settles what is final, and answers the records that go again. Entries come in the order of the request. */
function settleAll(
  pending: readonly PendingRecord[],
  entries: readonly PutRecordsResultEntry[],
  attempt: number,
  maxAttempts: number,
): PendingRecord[] {
  return pending.filter(({ settle }, at) => {
    const { ErrorCode, ErrorMessage = '', SequenceNumber, ShardId } = entries[at] ?? {};
    if (SequenceNumber !== undefined && ShardId !== undefined && ErrorCode === undefined) {
      settle({ receipt: { shardId: ShardId, sequenceNumber: SequenceNumber } });
      return false;
    }
    if (attempt < maxAttempts) return true;
    settle({ error: new RecordRefusedError(ErrorCode ?? 'NoSequenceNumber', attempt, ErrorMessage) });
    return false;
  });
}
