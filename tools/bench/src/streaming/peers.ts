import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

// Peers whose own types are none, or want packages that are not here.

/** What `aws-kinesis-agg` packs with. */
export interface RecordAggregator {
  checkIfUserRecordFits(record: AggRecord): boolean;
  addUserRecord(record: AggRecord): void;
  length(): number;
  build(): { readonly partitionKey: string; readonly data: Buffer };
}
export interface AggRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** A consumer of `lifion-kinesis`: a stream of batches. */
export interface LifionKinesis extends Readable {
  startConsumer(): Promise<void>;
  stopConsumer(): void;
}
export interface LifionBatch {
  readonly records: readonly unknown[];
  readonly continuePolling?: () => void;
}

const require = createRequire(import.meta.url);

export const { RecordAggregator } = require('aws-kinesis-agg') as {
  readonly RecordAggregator: new () => RecordAggregator;
};
/** It brings the second version of the SDK, which is loaded where it is asked for: it speaks up on the console. */
export const lifionKinesis = () => require('lifion-kinesis') as new (options: object) => LifionKinesis;
