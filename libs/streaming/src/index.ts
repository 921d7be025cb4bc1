export type { InvalidRecord, StreamBatch, StreamRecord } from './consumer/handling/batch.js';
export { ConsumerGroup, type ShardStatus } from './consumer/consumer-group.js';
export type { ConsumerGroupOptions } from './consumer/consumer-options.js';
export type { ConsumerEvent, ConsumerListener } from './consumer/handling/stream-events.js';
export type { PutReceipt } from './producer/put-batch.js';
export { StreamProducer, type StreamProducerOptions } from './producer/stream-producer.js';
export {
  InvalidCheckpointError,
  LeaseLostError,
  ProducerClosedError,
  RecordFormatError,
  RecordRefusedError,
  RecordTooLargeError,
  UnexpectedAnswerError,
} from './streaming.errors.js';
