import { randomUUID } from 'node:crypto';
import { CreateTopicCommand, PublishBatchCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../../src/clients.js';

/** What the conformance suite runs against. */
export interface Platform {
  readonly clients: MessagingClients;
  /** Lets time go on until the work has ended. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  readonly close: () => void;
}

export interface ReceiveOptions {
  readonly max?: number;
  readonly wait?: number;
  readonly visibility?: number;
}

type Sending = Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'>;
type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** The attributes of a queue: strings, as SQS has them. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** One queue, with its operations as short as can be. */
export class LabQueue {
  constructor(
    private readonly platform: Platform,
    readonly name: string,
    readonly url: string,
    readonly arn: string,
  ) {}

  send(body: string, options: Sending = {}): Promise<SendMessageResult> {
    return this.#send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body, ...options }));
  }

  sendBatch(entries: readonly Entry[]) {
    const Entries = entries.map((entry, index) => ({ Id: String(index), ...entry }));
    return this.#send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
  }

  /** By default up to ten messages, at once, hidden for 30 seconds. */
  async receive({ max = 10, wait = 0, visibility = 30 }: ReceiveOptions = {}): Promise<Message[]> {
    const { Messages = [] } = await this.#send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: wait,
        VisibilityTimeout: visibility,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async bodies(options?: ReceiveOptions): Promise<(string | undefined)[]> {
    return (await this.receive(options)).map(({ Body }) => Body);
  }

  /** The bodies that come in any order, sorted. */
  async sortedBodies(options?: ReceiveOptions): Promise<string[]> {
    return (await this.receive(options)).map(({ Body = '' }) => Body).toSorted((one, other) => (one < other ? -1 : 1));
  }

  /** The receipt handle of the one message that there is. */
  async handle(options?: ReceiveOptions): Promise<string> {
    const [message] = await this.receive(options);
    if (message?.ReceiptHandle === undefined) throw new Error(`${this.name} gave no message`);
    return message.ReceiptHandle;
  }

  delete(handle: string) {
    return this.#send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: handle }));
  }

  deleteBatch(handles: readonly string[]) {
    const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    return this.#send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
  }

  change(handle: string, seconds: number) {
    const input = { QueueUrl: this.url, ReceiptHandle: handle, VisibilityTimeout: seconds };
    return this.#send(new ChangeMessageVisibilityCommand(input));
  }

  changeBatch(changes: readonly (readonly [handle: string, seconds: number])[]) {
    const Entries = changes.map(([ReceiptHandle, VisibilityTimeout], index) => {
      return { Id: String(index), ReceiptHandle, VisibilityTimeout };
    });
    return this.#send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries }));
  }

  async attributes(): Promise<Partial<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] });
    return (await this.#send(command)).Attributes ?? {};
  }

  #send: MessagingClients['sqs']['send'] = ((command: GetQueueAttributesCommand) =>
    this.platform.run(this.platform.clients.sqs.send(command))) as MessagingClients['sqs']['send'];
}

/** A queue of the case's own, made with these attributes. */
export async function labQueue(platform: Platform, attributes: QueueAttributes = {}): Promise<LabQueue> {
  const name = `lab-${randomUUID()}${attributes['FifoQueue'] === 'true' ? '.fifo' : ''}`;
  const create = new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } });
  const { QueueUrl = '' } = await platform.run(platform.clients.sqs.send(create));
  const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const { Attributes } = await platform.run(platform.clients.sqs.send(ask));
  return new LabQueue(platform, name, QueueUrl, Attributes?.QueueArn ?? '');
}

export const FIFO: QueueAttributes = { FifoQueue: 'true' };

/** A queue and its dead-letter queue. */
export async function labQueueWithDeadLetters(platform: Platform, maxReceiveCount: number, kind: QueueAttributes = {}) {
  const deadLetters = await labQueue(platform, kind);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount });
  return { deadLetters, queue: await labQueue(platform, { ...kind, RedrivePolicy }) };
}

/** A topic of the case's own, and a queue that hears it. */
export async function labTopic(platform: Platform, subscription: QueueAttributes = {}, kind: QueueAttributes = {}) {
  const { sns } = platform.clients;
  const fifo = kind['FifoQueue'] === 'true';
  const Name = `lab-${randomUUID()}${fifo ? '.fifo' : ''}`;
  const create = new CreateTopicCommand({ Name, ...(fifo && { Attributes: { FifoTopic: 'true' } }) });
  const { TopicArn = '' } = await platform.run(sns.send(create));
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
    Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
  };
  const queue = await labQueue(platform, { ...kind, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
  const Attributes = { RawMessageDelivery: 'true', ...subscription };
  await platform.run(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes })));
  return {
    queue,
    publish: (Message: string, options: Omit<PublishCommand['input'], 'TopicArn' | 'Message'> = {}) =>
      platform.run(sns.send(new PublishCommand({ TopicArn, Message, ...options }))),
    publishBatch: (entries: readonly Omit<SnsEntry, 'Id'>[]) => {
      const PublishBatchRequestEntries = entries.map((entry, index) => ({ Id: String(index), ...entry }));
      return platform.run(sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })));
    },
  };
}

type SnsEntry = NonNullable<PublishBatchCommand['input']['PublishBatchRequestEntries']>[number];

/** Some servers put the code of the query protocol before the name. */
const PREFIX = /^AWS\.SimpleQueueService\./;

/** `name` of the error with which it fails, or "nothing". */
export async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.name.replace(PREFIX, '') : String(error);
  }
  return 'nothing';
}

export function text(StringValue: string) {
  return { DataType: 'String', StringValue };
}
