import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type Envelope, MessageFormatError, decodeEnvelope } from '@lethe/topology';

/** The reason of a dead letter without a diagnosis: SQS moved it after too many receives. */
export const EXHAUSTED = 'receives-exhausted';
/** The names of the attributes that a diagnosis adds to a dead letter. */
export const DIAGNOSIS_PREFIX = 'lethe-';

/** A message that lies in a queue. */
export interface StoredMessage {
  readonly sqsMessageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** This receive included. */
  readonly receiveCount: number;
  /**
   * When it was sent to its queue, in milliseconds since the Unix epoch: what its age is counted from. SQS keeps it when
   * it moves a message; a message with a diagnosis was sent to the dead-letter queue when it was rejected.
   */
  readonly sentAt: number;
  readonly groupId: string | undefined;
  /** CloudEvents id, where the message has one. */
  readonly id: string | undefined;
  /** CloudEvents type, where the message has one. */
  readonly type: string | undefined;
  readonly envelope: Envelope | undefined;
  /** Why it is a dead letter: `unknown-type`, `invalid-data`, `rejected` …, or {@link EXHAUSTED}. */
  readonly reason: string;
  readonly detail: string | undefined;
  readonly handler: string | undefined;
}

/** Reads a message as SQS hands it out. Never throws: what cannot be read is what operators look for. */
export function storedMessage({ MessageId, ReceiptHandle, Body, Attributes, ...rest }: Message): StoredMessage {
  const attributes = rest.MessageAttributes ?? {};
  const text = (name: string): string | undefined => attributes[name]?.StringValue;
  const envelope = envelopeOf(Body ?? '');
  return {
    sqsMessageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    attributes,
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(Attributes?.SentTimestamp ?? 0),
    groupId: Attributes?.MessageGroupId,
    id: envelope?.id ?? text('lethe-message-id'),
    type: envelope?.type ?? text('type'),
    envelope,
    reason: text('lethe-reason') ?? EXHAUSTED,
    detail: text('lethe-detail'),
    handler: text('lethe-handler'),
  };
}

function envelopeOf(body: string): Envelope | undefined {
  try {
    return decodeEnvelope(body);
  } catch (error) {
    if (error instanceof MessageFormatError) return undefined;
    throw error;
  }
}

/** The attributes that the message had before it was dead-lettered, with `type` put back where there was no room for it. */
export function originalAttributes({ attributes, type }: StoredMessage): Record<string, MessageAttributeValue> {
  const own = Object.entries(attributes).filter(([name]) => !name.startsWith(DIAGNOSIS_PREFIX));
  return {
    ...(type !== undefined && !('type' in attributes) ? { type: { DataType: 'String', StringValue: type } } : {}),
    ...Object.fromEntries(own),
  };
}
