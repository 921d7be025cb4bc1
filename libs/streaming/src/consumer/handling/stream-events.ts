import type { ReadingEvent } from '../reading/reading-events.js';

/** What a consumer group tells its surroundings, for logs and metrics. */
export type ConsumerEvent = LeaseEvent | ReadingEvent | HandlingEvent;

/** Of leases. */
export type LeaseEvent =
  | { readonly type: 'lease-taken'; readonly shardId: string; readonly from: string | undefined }
  | { readonly type: 'lease-asked-for'; readonly shardId: string; readonly from: string | undefined }
  | { readonly type: 'lease-released'; readonly shardId: string; readonly to: string | undefined }
  | { readonly type: 'lease-lost'; readonly shardId: string; readonly error: Error }
  | { readonly type: 'shard-ended'; readonly shardId: string }
  /** A call to Kinesis or the lease table failed and is tried again; `shard`: reading was given up for a moment. */
  | {
      readonly type: 'failed';
      readonly what: 'sync' | 'lease' | 'shard';
      readonly shardId?: string;
      readonly error: unknown;
    };

/** Of handlers and of what they cannot handle. */
export type HandlingEvent =
  | {
      readonly type: 'batch-handled';
      readonly shardId: string;
      readonly records: number;
      readonly invalid: number;
      readonly durationMs: number;
      /** How far the shard's last record is ahead. */
      readonly millisBehindLatest: number;
    }
  | {
      readonly type: 'handler-failed';
      readonly shardId: string;
      /** How many records it was given. */
      readonly records: number;
      readonly attempt: number;
      readonly error: unknown;
    }
  /** So many records failed too often: they are tried in two halves, until the one that is poison is found. */
  | { readonly type: 'batch-divided'; readonly shardId: string; readonly records: number }
  /** Dead letters have the record, and the shard goes on. */
  | {
      readonly type: 'record-parked';
      readonly shardId: string;
      readonly sequenceNumber: string;
      readonly subSequenceNumber?: number;
      readonly error: unknown;
    }
  /** Dead letters did not take records: it is tried again, and the shard waits. */
  | { readonly type: 'parking-failed'; readonly shardId: string; readonly attempt: number; readonly error: unknown }
  /** The checkpoint beside the effects was not written, and is tried again. */
  | { readonly type: 'failed'; readonly what: 'checkpoint'; readonly shardId: string; readonly error: unknown };

/** Must not throw. */
export type ConsumerListener = (event: ConsumerEvent) => void;
