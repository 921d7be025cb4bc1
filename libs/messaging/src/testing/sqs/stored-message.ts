import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export type Attributes = Readonly<Record<string, MessageAttributeValue>>;

/** What a sender gives. */
export interface Draft {
  readonly body: string;
  readonly attributes: Attributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly delaySeconds: number | undefined;
}

/** A message in a simulated queue. */
export interface StoredMessage {
  /** What SQS calls MessageId. */
  readonly id: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  /** Place in the order of arrival. */
  readonly sequence: number;
  /** Milliseconds since the Unix epoch; kept on the way to a dead-letter queue. */
  readonly sentAt: number;
  /** On the monotonic clock, in milliseconds: hidden until then. */
  visibleAt: number;
  receives: number;
  firstReceivedAt: number | undefined;
  /** The most recent receipt handle. */
  handle: string | undefined;
  /** On the monotonic clock: when it was received last, and for how many seconds. */
  receivedAt: number;
  receivedFor: number;
  /** Whether its visibility was last set to something else: it was given back, rather than kept. */
  returned: boolean;
}

/** A message as it was handed out: what happens to it afterwards does not show. */
export type Delivery = Readonly<StoredMessage> & { readonly handle: string };

/** Characters that SQS takes. Source: SendMessage. */
const INVALID = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function hasInvalidCharacters(body: string): boolean {
  return INVALID.test(body);
}

/** UTF-8 bytes of the body and of each attribute's name, type and value. Source: "Amazon SQS message quotas". */
export function storedBytes(body: string, attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      (BinaryValue?.byteLength ?? 0),
    Buffer.byteLength(body),
  );
}
