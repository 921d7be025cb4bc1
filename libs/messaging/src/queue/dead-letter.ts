import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { textAttributes } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import type { Received } from '../consumer/consumer.types.js';
import { queueUrlOf } from '../destinations.js';

/** Why a message is in the dead-letter queue, for whoever looks into it. */
export interface Diagnosis {
  /** A word: `undecodable`, `invalid-envelope`, `unknown-type`, `unknown-source`, `invalid-data`, `rejected` or `failed`. */
  readonly reason: string;
  readonly detail: string;
  /** `Class.method`, where the message came that far. */
  readonly handler?: string | undefined;
  /** CloudEvents id, where the message had one. */
  readonly messageId?: string | undefined;
}

/** Attributes that a message may have. Source: "Amazon SQS message quotas". */
const MAX_ATTRIBUTES = 10;
const DETAIL_CHARACTERS = 1_000;

/** Text that SQS takes as a value: without control characters, and not endless. */
function presentable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '\uFFFD').slice(0, DETAIL_CHARACTERS);
}

/** The diagnosis as attributes, beside as many of the message's own as there is room for. */
export function deadLetterAttributes(
  { attributes, sqsMessageId, receiveCount }: Received,
  { reason, detail, handler, messageId }: Diagnosis,
): Record<string, MessageAttributeValue> {
  const diagnosis = textAttributes({
    'lethe-reason': presentable(reason),
    'lethe-detail': presentable(detail),
    'lethe-handler': handler,
    'lethe-message-id': messageId,
    'lethe-sqs-message-id': sqsMessageId,
    'lethe-receive-count': String(receiveCount),
  });
  const { type, traceparent, ...others } = attributes;
  const own = Object.entries({ ...(type && { type }), ...(traceparent && { traceparent }), ...others });
  return { ...Object.fromEntries(own.slice(0, MAX_ATTRIBUTES - Object.keys(diagnosis).length)), ...diagnosis };
}

/** The queue of messages that no retry can mend. */
export class DeadLetterQueue {
  #url: string | undefined;

  constructor(
    private readonly name: string,
    private readonly fifo: boolean,
    private readonly clients: MessagingClients,
  ) {}

  /** Sends the body as it is, with the diagnosis beside it. Throws where SQS does not take it (R21). */
  async send(received: Received, diagnosis: Diagnosis): Promise<void> {
    this.#url ??= await queueUrlOf(this.clients, this.name);
    const { sqsMessageId, groupId } = received;
    await this.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: received.body,
        MessageAttributes: deadLetterAttributes(received, diagnosis),
        // The id that SQS gave, not the sender's: a message that was redriven may have to come here a second time.
        ...(this.fifo && { MessageGroupId: groupId ?? sqsMessageId, MessageDeduplicationId: sqsMessageId }),
        ...(!this.fifo && groupId !== undefined && { MessageGroupId: groupId }),
      }),
    );
  }
}
