/**
 * Names of OpenTelemetry's semantic conventions for messaging, version 1.45: the attributes and metrics that this
 * library writes. `messaging.system` and its value `aws_sqs` are deprecated there in favour of `messaging.system.name`
 * with `aws.sqs`; both are written while back ends still read the former.
 * Source: https://opentelemetry.io/docs/specs/semconv/messaging/
 */
export const ATTRIBUTE = {
  system: 'messaging.system',
  systemName: 'messaging.system.name',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  messageId: 'messaging.message.id',
  bodySize: 'messaging.message.body.size',
  batchCount: 'messaging.batch.message_count',
  errorType: 'error.type',
  /** Of our own: how often SQS handed the message out. */
  receiveCount: 'lethe.messaging.receive_count',
  /** Of our own: the CloudEvents type. */
  messageType: 'lethe.messaging.message_type',
  /** Of our own: `done`, `retried` or `dead-lettered`. */
  outcome: 'lethe.messaging.outcome',
} as const;

export const METRIC = {
  sent: 'messaging.client.sent.messages',
  consumed: 'messaging.client.consumed.messages',
  operationDuration: 'messaging.client.operation.duration',
  processDuration: 'messaging.process.duration',
  /** Of our own: deliveries that ended, by outcome. */
  settled: 'lethe.messaging.settled.messages',
  /** Of our own: seconds from being sent to the queue to the end of the handler. */
  age: 'lethe.messaging.message.age',
} as const;

/** Bounds of the histograms in seconds, as the conventions ask. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
