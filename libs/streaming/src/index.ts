export type { BatchPosition, Handling, InvalidRecord, StreamBatch, StreamRecord } from './consumer/handling/batch.js';
export type { ShardCheckpoints, ShardTenure } from './consumer/handling/checkpoints/shard-checkpoints.js';
export type { DeadLetter, DeadLetters } from './consumer/handling/dead-letters/dead-letters.js';
export type { HandlingOptions, RetryOptions } from './consumer/handling/handling-options.js';
export { ConsumerGroup, type ShardStatus } from './consumer/consumer-group.js';
export type { ConsumerGroupOptions } from './consumer/consumer-options.js';
export type { StartAt } from './consumer/leases/checkpoint.js';
export type { LeaseKeyForm } from './consumer/leases/lease-keys.js';
export { type FanOutOptions, fanOut } from './consumer/reading/fan-out/fan-out.js';
export { type PollingOptions, polling } from './consumer/reading/polling.js';
export { type PrefetchOptions, prefetched } from './consumer/reading/prefetched.js';
export type { ReadLimits } from './consumer/reading/read-pace.js';
export type { ReadingEvent, ReadingListener } from './consumer/reading/reading-events.js';
export type { OpenSource, RecordSource, ShardPage, SourceShard } from './consumer/reading/record-source.js';
export type { ConsumerEvent, ConsumerListener } from './consumer/handling/stream-events.js';
export type { UserRecord } from './kpl/user-record.js';
export type { PackableRecord } from './kpl/aggregate.js';
export type { PutReceipt } from './producer/pending-record.js';
export type { ProducerEvent, ProducerListener } from './producer/producer-events.js';
export type { AggregationOptions, RecordProducerOptions } from './producer/producer-options.js';
export { RecordProducer } from './producer/record-producer.js';
export type { ShardLimits } from './producer/shard-limit.js';
export { StreamProducer, type StreamProducerOptions } from './producer/stream-producer.js';
export {
  BatchAppliedError,
  InvalidCheckpointError,
  InvalidHashKeyError,
  InvalidPartitionKeyError,
  LeaseLostError,
  PoisonRecordsError,
  ProducerClosedError,
  ProducerOverloadedError,
  RecordFormatError,
  RecordRefusedError,
  RecordTooLargeError,
  SilentSubscriptionError,
  StaleBatchError,
  UnexpectedAnswerError,
} from './streaming.errors.js';
