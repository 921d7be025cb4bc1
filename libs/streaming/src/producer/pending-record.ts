import type { PackableRecord } from '../kpl/aggregate.js';

/** Where a record came to lie. */
export interface PutReceipt {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Its place among those packed into one record, from 0. */
  readonly subSequenceNumber?: number;
}

/** The records put until somebody flushed, and how many of them are still unsettled. */
export interface Epoch {
  unsettled: number;
  /** Resolves when somebody has flushed and none is any more. */
  readonly settled: PromiseWithResolvers<void>;
}

/** A record on its way, and whoever waits for it. */
export interface PendingRecord extends PackableRecord {
  /** What Kinesis counts: the data before base64, plus the partition key in UTF-8. */
  readonly size: number;
  /** Which `put` it was: order within a key is by this. */
  readonly turn: number;
  readonly epoch: Epoch;
  readonly resolve: (receipt: PutReceipt) => void;
  readonly reject: (error: unknown) => void;
  /** Times that Kinesis refused it, or took it into a shard that is not its own. */
  failures: number;
}
