export {
  type SqsClientEvents,
  SqsClientProxy,
  type SqsClientProxyOptions,
  type SqsClientStatus,
} from './nest/client-proxy.js';
export type {
  Bounds,
  ConsumedQueue,
  ConsumerObserver,
  ConsumerState,
  Handle,
  Handled,
  PlainHandle,
  Received,
  Settled,
  SqsConsumerOptions,
} from './consumer/consumer.types.js';
export { SqsConsumer } from './consumer/sqs-consumer.js';
export { Reject, RetryLater } from './handler-outcome.js';
export {
  type HandlerResult,
  type HandlerReturn,
  Handles,
  type MessageHandlerMethod,
  SQS_TRANSPORT,
} from './nest/handles.js';
export type { MessagingLogger } from './logger.js';
export {
  AttributeLimitError,
  ClaimCheckError,
  DestinationError,
  DrainTimeoutError,
  HandlerFailedError,
  HandlerMismatchError,
  HandlerTimeoutError,
  MessageTooLargeError,
  PublishError,
  ReplyRefusedError,
  RequestFailedError,
  UndeclaredMessageError,
  VisibilityLostError,
} from './messaging.errors.js';
export { MessagePublisher, type MessagePublisherOptions } from './publisher.js';
export { SqsContext } from './nest/sqs-context.js';
export { SqsServer, type SqsServerEvents, type SqsServerOptions, type SqsServerStatus } from './nest/sqs-server.js';
export { ConsumerTelemetry } from './telemetry/consumer-telemetry.js';
export { observers } from './telemetry/observers.js';
export { type ProcessedMessage, type ProcessOperation, ProcessTelemetry } from './telemetry/process.js';
export { type SendOperation, type SentEntry, startSend } from './telemetry/send.js';
export { ClaimCheck, type ClaimCheckOptions, type ClaimTicket } from './sending/claim-check.js';
export type { PublishEntry, PublishResult } from './sending/publish-entry.js';
export type { DroppedReply } from './reply/requester.js';
