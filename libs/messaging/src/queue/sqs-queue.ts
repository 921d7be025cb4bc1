import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type MessageSystemAttributeName,
  ReceiveMessageCommand,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';
import type { Received } from '../consumer/consumer.types.js';

/** Why one entry of a batch was not carried out. */
export interface EntryFailure {
  readonly code: string;
  readonly detail: string;
  /** Whether the same request would fail again, as with a receipt handle that is no longer valid. */
  readonly senderFault: boolean;
}

/** One result per entry of a request, in order; undefined where the entry was carried out. */
export type EntryResults = readonly (EntryFailure | undefined)[];

export interface ReceiveOptions {
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  readonly seconds: number;
}

const SYSTEM_ATTRIBUTES: MessageSystemAttributeName[] = [
  'ApproximateReceiveCount',
  'SentTimestamp',
  'MessageGroupId',
  'MessageDeduplicationId',
];

function receivedOf({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: SqsMessage): Received {
  const sentAt = Attributes?.SentTimestamp;
  return {
    sqsMessageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: sentAt === undefined ? undefined : Number(sentAt),
    attributes: MessageAttributes ?? {},
    groupId: Attributes?.MessageGroupId,
    deduplicationId: Attributes?.MessageDeduplicationId,
  };
}

/** Entry ids are indexes: the same message may be in a batch twice. */
function resultsOf(count: number, failed: readonly BatchResultErrorEntry[] = []): EntryResults {
  const results = Array.from<EntryFailure | undefined>({ length: count });
  for (const { Id, Code = 'Unknown', Message = 'no reason given', SenderFault = false } of failed) {
    results[Number(Id)] = { code: Code, detail: Message, senderFault: SenderFault };
  }
  return results;
}

/** The calls that a consumer makes to one queue. */
export class SqsQueue {
  constructor(
    readonly url: string,
    private readonly clients: Pick<MessagingClients, 'sqs'>,
  ) {}

  /** Up to `max` (1 to 10) messages, waited for as long as `waitSeconds`. Throws the error of the client. */
  async receive(max: number, { waitSeconds, visibilityTimeoutSeconds, signal }: ReceiveOptions): Promise<Received[]> {
    const { Messages } = await this.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageSystemAttributeNames: SYSTEM_ATTRIBUTES,
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages ? Messages.map(receivedOf) : [];
  }

  /** Deletes up to ten messages. SQS says yes to a stale receipt handle too: success proves nothing. */
  async delete(receiptHandles: readonly string[]): Promise<EntryResults> {
    const { Failed } = await this.clients.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.url,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    return resultsOf(receiptHandles.length, Failed);
  }

  /** Sets the visibility timeouts of up to ten messages, counted from now. */
  async changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResults> {
    const { Failed } = await this.clients.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.url,
        Entries: changes.map(({ receiptHandle, seconds }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    return resultsOf(changes.length, Failed);
  }
}
