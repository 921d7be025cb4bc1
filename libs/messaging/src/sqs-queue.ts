import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message as SqsMessage,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { MessagingClients } from './clients.js';
import { queueUrlOf } from './destinations.js';

/** A message as SQS handed it out. */
export interface Received {
  readonly sqsMessageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** `ApproximateReceiveCount`: 1 for the first time. */
  readonly receiveCount: number;
  /** When it was sent to the queue, in milliseconds since the Unix epoch. */
  readonly sentAt: number | undefined;
  readonly attributes: NonNullable<SqsMessage['MessageAttributes']>;
}

/** Why one entry of a batch was not carried out. */
export interface EntryFailure {
  readonly code: string;
  readonly detail: string;
  /** Whether the same request would fail again, as with a receipt handle that is no longer valid. */
  readonly senderFault: boolean;
}

export interface ReceiveOptions {
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  readonly seconds: number;
}

function received({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: SqsMessage): Received {
  const sentAt = Attributes?.SentTimestamp;
  return {
    sqsMessageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: sentAt === undefined ? undefined : Number(sentAt),
    attributes: MessageAttributes ?? {},
  };
}

/** One result per entry, in order. Entry ids are indexes: the same message may be in a batch twice. */
function resultsOf(count: number, failed: readonly BatchResultErrorEntry[] = []): (EntryFailure | undefined)[] {
  const results = Array.from<EntryFailure | undefined>({ length: count });
  for (const { Id, Code = 'Unknown', Message = 'no reason given', SenderFault = false } of failed) {
    results[Number(Id)] = { code: Code, detail: Message, senderFault: SenderFault };
  }
  return results;
}

/** The calls that a consumer makes to one queue. */
export class SqsQueue {
  constructor(
    readonly name: string,
    readonly url: string,
    private readonly clients: MessagingClients,
  ) {}

  /** Throws a {@link DestinationError} where there is no such queue. */
  static async open(name: string, clients: MessagingClients): Promise<SqsQueue> {
    return new SqsQueue(name, await queueUrlOf(clients, name), clients);
  }

  /** Up to `max` (1 to 10) messages, waited for as long as `waitSeconds`. Throws the error of the SDK. */
  async receive(max: number, { waitSeconds, visibilityTimeoutSeconds, signal }: ReceiveOptions): Promise<Received[]> {
    const { Messages = [] } = await this.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages.map(received);
  }

  /** Deletes up to ten messages. SQS says yes to a stale receipt handle too: success proves nothing. */
  async delete(receiptHandles: readonly string[]): Promise<(EntryFailure | undefined)[]> {
    const { Failed } = await this.clients.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.url,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    return resultsOf(receiptHandles.length, Failed);
  }

  /** Sets the visibility timeouts of up to ten messages, counted from now. */
  async changeVisibility(changes: readonly VisibilityChange[]): Promise<(EntryFailure | undefined)[]> {
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
