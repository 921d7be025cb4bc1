import type { AwsClients } from '@lethe/aws';
import { type Timers, systemTimers } from '@lethe/kernel';
import type { ProducerListener } from './producer-events.js';
import { KINESIS_SHARD_LIMITS, type ShardLimits } from './shard-limit.js';

const MIB = 1_048_576;

/** How much is packed into one record of Kinesis. */
export interface AggregationOptions {
  /** Bytes of the packed record; 51,200, as the KPL. */
  readonly maxBytes?: number;
  /** Records in it; 10,000. */
  readonly maxRecords?: number;
}

export interface RecordProducerOptions {
  /** Name of the stream in AWS, see `streamName` of the topology. */
  readonly stream: string;
  readonly clients: Pick<AwsClients, 'kinesis'>;
  /** Packs records as the KPL does, for readers that unpack them (the KCL, this library, Firehose); on. */
  readonly aggregation?: AggregationOptions | false;
  /**
   * `key`: records of a key come to lie in the order in which they were put, whatever is retried; what has to wait for
   * that is what goes to the same shard, or without aggregation, what has the same key. `none` (default): what is retried
   * comes behind what was put later.
   */
  readonly ordered?: 'key' | 'none';
  /** What is written to a shard within a second; 1 MiB and 1,000 records of Kinesis, its quotas. False: no limit here. */
  readonly shardLimits?: ShardLimits | false;
  /** Milliseconds that the first record of a batch waits for company; 5. */
  readonly lingerMs?: number;
  /** PutRecords calls under way at once; 4. */
  readonly maxInFlight?: number;
  /** Records held, sent ones included, before `put` waits; 100,000. */
  readonly maxBufferedRecords?: number;
  /** Bytes held before `put` waits; 32 MiB. */
  readonly maxBufferedBytes?: number;
  /** Calls of `put` that may wait; 100,000. One more rejects with a ProducerOverloadedError. */
  readonly maxWaiting?: number;
  /** Bytes of one record with its key; 1 MiB, the limit of a stream unless raised by UpdateMaxRecordSize. */
  readonly maxRecordBytes?: number;
  /** PutRecords calls for one record before it is refused; 10. */
  readonly maxAttempts?: number;
  readonly onEvent?: ProducerListener;
  /** Source of jitter; Math.random. */
  readonly random?: () => number;
  /** Source of time. */
  readonly timers?: Timers;
}

export type ProducerSettings = Required<Omit<RecordProducerOptions, 'aggregation' | 'ordered'>> & {
  readonly aggregation: Required<AggregationOptions> | false;
  readonly ordered: boolean;
};

/** The options with what is left out of them. */
export function producerSettings(options: RecordProducerOptions): ProducerSettings {
  const { aggregation = {}, ordered } = options;
  return {
    shardLimits: KINESIS_SHARD_LIMITS,
    lingerMs: 5,
    maxInFlight: 4,
    maxBufferedRecords: 100_000,
    maxBufferedBytes: 32 * MIB,
    maxWaiting: 100_000,
    maxRecordBytes: MIB,
    maxAttempts: 10,
    onEvent: () => undefined,
    random: Math.random,
    timers: systemTimers,
    ...options,
    aggregation: aggregation && { maxBytes: 51_200, maxRecords: 10_000, ...aggregation },
    ordered: ordered === 'key',
  };
}
