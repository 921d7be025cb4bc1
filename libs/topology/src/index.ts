export {
  type Mismatch,
  type ReadingOptions,
  messageBreaks,
  requestBreaks,
  responseBreaks,
  whyUnreadable,
} from './compatibility.js';
export {
  type CommandDefinition,
  type DataOf,
  DefinitionError,
  type EventDefinition,
  type InputOf,
  type MessageDefinition,
  type ReplyInputOf,
  type ReplyOf,
  type RequestDefinition,
  type StreamDefinition,
  type Upcast,
  defineCommand,
  defineEvent,
  defineStream,
  isMessageType,
} from './definitions.js';
export { type AsyncApiDocument, type AsyncApiInfo, asyncApiOf } from './describe/asyncapi.js';
export { mermaidOf } from './describe/mermaid.js';
export {
  type Envelope,
  type EnvelopeFields,
  type Message,
  MessageFormatError,
  type MessageOf,
  decodeEnvelope,
  encodeMessage,
  readMessage,
} from './envelope.js';
export type { BucketSource, FunctionSource, QueueSource, ScheduleSource, StreamSource } from './function-sources.js';
export { type JsonSchema, type WireSchema, wireSchemaOf } from './json-schema.js';
export { type Ordering, deadLetterQueueName, queueName, streamName, topicName } from './names.js';
export { type Permission, permissionsOf } from './permissions.js';
export {
  type ReplyFields,
  type ReplyPart,
  encodeReply,
  isRequest,
  readReply,
  readReplyPart,
  replyQueuePrefix,
  replyType,
} from './replies.js';
export {
  INBOX_RETENTION_SECONDS,
  QUEUE_DEFAULTS,
  type QueueResource,
  type Resources,
  type StreamResource,
  type SubscriptionResource,
  type TopicResource,
  resourcesOf,
} from './resources.js';
export {
  type EmittedBy,
  type HandledBy,
  type ServiceDefinition,
  type Topology,
  type Unmatched,
  defineService,
  defineTopology,
} from './service.js';
export type { QueueSettings, TopicSettings } from './settings.js';
export { type AcceptedTypeOf, type UpcastFrom, acceptedTypes, upcast, versionsOf } from './upcasts.js';
export { messagesOf, replyBreaks, wireShapesOf } from './wire-shapes.js';
