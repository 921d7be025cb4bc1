/** What a source tells of one shard, for logs and metrics. Times in milliseconds. */
export type ReadingEvent =
  /** Five minutes are over: reading goes on after the last record read. */
  | { readonly type: 'iterator-expired'; readonly shardId: string }
  /** A call or a subscription failed and is tried again. */
  | { readonly type: 'failed'; readonly what: 'read'; readonly shardId: string; readonly error: unknown }
  /** Others read the shard too, or it answered more than it may: the next read waits. */
  | { readonly type: 'read-throttled'; readonly shardId: string; readonly pauseMs: number }
  /** A page was read: `records` user records in `bytes`. */
  | {
      readonly type: 'page-read';
      readonly shardId: string;
      readonly records: number;
      readonly bytes: number;
      readonly millisBehindLatest: number;
    }
  /** Packed records that belong to another shard: their producer wrote them once more, to that one (KCL's rule). */
  | { readonly type: 'out-of-range'; readonly shardId: string; readonly records: number }
  /** Kinesis pushes the shard's records from now on. */
  | { readonly type: 'subscribed'; readonly shardId: string }
  /** A subscription is over: after five minutes as it should, or earlier. */
  | { readonly type: 'unsubscribed'; readonly shardId: string; readonly why: 'over' | 'silent' | 'failed' };

/** Must not throw. */
export type ReadingListener = (event: ReadingEvent) => void;
