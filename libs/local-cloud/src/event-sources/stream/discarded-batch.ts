import { randomUUID } from 'node:crypto';
import { type ShardAddress, type ShardRecord } from './stream-event.js';

/** Why records were given up. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** What is said of records that were given up. */
export interface Discard {
  readonly condition: DiscardCondition;
  readonly functionArn: string;
  readonly invocations: number;
  /** What the function answered last, where it did. */
  readonly answer: unknown;
}

/**
 * What the on-failure destination of a stream's mapping is sent: where the records lie, and none of their data ("Retain
 * discarded batch records for a Kinesis Data Streams event source in Lambda").
 */
export function discardedBatch(records: readonly ShardRecord[], address: ShardAddress, discard: Discard, now: number) {
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: discard.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invocations,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: errorIn(discard.answer) },
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    KinesisBatchInfo: {
      shardId: address.shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first?.arrivedAt ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.arrivedAt ?? 0).toISOString(),
      batchSize: records.length,
      streamArn: address.streamArn,
    },
  };
}

function errorIn(answer: unknown): string | undefined {
  return typeof answer === 'object' && answer !== null && 'errorType' in answer ? 'Unhandled' : undefined;
}
