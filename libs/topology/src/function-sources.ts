/** Batches of a queue, as an event source mapping of Lambda reads it ("Using Lambda with Amazon SQS"). */
export interface QueueSource {
  readonly type: 'queue';
  readonly queue: string;
  /** Messages of one invocation: to 10, or to 10,000 with a window (never of a FIFO queue). */
  readonly batchSize: number;
  /** Seconds that messages are gathered for, 0 to 300. */
  readonly batchingWindowSeconds: number;
  /** Invocations at a time, 2 to 1,000. */
  readonly maximumConcurrency: number;
}

/** Batches of a stream, shard by shard in order ("Using Lambda with Kinesis"). */
export interface StreamSource {
  readonly type: 'stream';
  readonly stream: string;
  /** Records of one invocation, to 10,000. */
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** Batches of one shard at a time, in order per partition key, 1 to 10. */
  readonly parallelizationFactor: number;
  /** Retries after the first attempt; -1 for as long as the record lives. */
  readonly maximumRetryAttempts: number;
  /** Seconds after which a record is given up; -1 for as long as it lives. */
  readonly maximumRecordAgeSeconds: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** Gets the position of what was given up, never its data. */
  readonly onFailureQueue: string;
}

/** Objects made under a prefix, by S3's notifications, which invoke asynchronously. */
export interface BucketSource {
  readonly type: 'bucket';
  readonly bucket: string;
  readonly prefix: string;
  /** Retries after the first attempt, 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** Gets the event that was given up. */
  readonly onFailureQueue: string;
}

/** A time table: `rate(5 minutes)`, or `cron(0 6 ? * MON *)` in UTC; invokes asynchronously. */
export interface ScheduleSource {
  readonly type: 'schedule';
  readonly expression: string;
  /** Retries after the first attempt, 0 to 2. */
  readonly maximumRetryAttempts: number;
}

/** What makes Lambda invoke a function. */
export type FunctionSource = QueueSource | StreamSource | BucketSource | ScheduleSource;
