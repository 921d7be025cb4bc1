/** What a consumer group tells its surroundings, for logs and metrics. */
export type ConsumerEvent =
  | { readonly type: 'lease-taken'; readonly shardId: string; readonly from: string | undefined }
  | { readonly type: 'lease-asked-for'; readonly shardId: string; readonly from: string | undefined }
  | { readonly type: 'lease-released'; readonly shardId: string; readonly to: string | undefined }
  | { readonly type: 'lease-lost'; readonly shardId: string; readonly error: Error }
  | { readonly type: 'shard-ended'; readonly shardId: string }
  | {
      readonly type: 'batch-handled';
      readonly shardId: string;
      readonly records: number;
      readonly invalid: number;
      readonly durationMs: number;
      /** How far the shard's last record is ahead. */
      readonly millisBehindLatest: number;
    }
  | { readonly type: 'handler-failed'; readonly shardId: string; readonly attempt: number; readonly error: unknown }
  | { readonly type: 'iterator-expired'; readonly shardId: string }
  /** A call to Kinesis or the lease table failed and is tried again; `shard`: reading was given up for a moment. */
  | {
      readonly type: 'failed';
      readonly what: 'sync' | 'read' | 'lease' | 'shard';
      readonly shardId?: string;
      readonly error: unknown;
    };

/** Must not throw. */
export type ConsumerListener = (event: ConsumerEvent) => void;
