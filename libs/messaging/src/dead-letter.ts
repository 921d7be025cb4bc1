import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { MessagingClients } from './clients.js';
import { textAttributes } from './batches.js';
import { Addresses } from './destinations.js';
import type { Received } from './sqs-queue.js';

/** Why a message is in the dead-letter queue, for whoever looks into it. */
export interface Diagnosis {
  /** A word: `undecodable`, `invalid-envelope`, `unknown-type`, `unknown-source`, `invalid-data` or `rejected`. */
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
  readonly #addresses: Addresses;

  constructor(
    private readonly name: string,
    private readonly clients: MessagingClients,
  ) {
    this.#addresses = new Addresses(clients, '');
  }

  /** Sends the body as it is, with the diagnosis beside it. Throws where SQS does not take it (R21). */
  async send(received: Received, diagnosis: Diagnosis): Promise<void> {
    await this.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: await this.#addresses.of({ kind: 'queue', name: this.name }),
        MessageBody: received.body,
        MessageAttributes: deadLetterAttributes(received, diagnosis),
      }),
    );
  }
}
