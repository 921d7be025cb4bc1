import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import type { MessagingClients } from '../../src/clients.js';
import { AwsSimulator, type AwsSimulatorOptions } from '../../src/testing/index.js';

/** A message to be put into a dead-letter queue. */
export interface Dead {
  readonly n: number;
  readonly type?: string;
  readonly reason?: string;
  readonly group?: string;
  readonly body?: string;
}

/** The CloudEvents id of the message with this number. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function bodyOf({ n, type = 'shop.sold.v1', body }: Dead): string {
  const envelope = { specversion: '1.0', id: idOf(n), source: 'shop', type, time: '2026-01-01T00:00:00Z', data: { n } };
  return body ?? JSON.stringify(envelope);
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** A queue `work` with the dead-letter queue `work-dlq`, both FIFO if asked, in virtual time. */
export async function createQueues({ fifo = false, ...options }: QueuesOptions = {}): Promise<Queues> {
  const time = new VirtualTime({ seed: options.seed ?? 1 });
  const simulator = new AwsSimulator({ ...options, time });
  const { sqs } = simulator.clients;
  const suffix = fifo ? '.fifo' : '';
  const make = async (name: string, attributes: Record<string, string> = {}) => {
    const Attributes = { ...attributes, ...(fifo ? { FifoQueue: 'true' } : {}) };
    const { QueueUrl } = await time.run(
      sqs.send(new CreateQueueCommand({ QueueName: `${name}${suffix}`, Attributes })),
    );
    const asked = sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return { url: QueueUrl, arn: (await time.run(asked)).Attributes?.QueueArn };
  };
  const dead = await make('work-dlq');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 8 });
  const source = await make('work', { RedrivePolicy });
  return new Queues(time, simulator, { source: source.url, dead: dead.url }, fifo);
}

export interface QueuesOptions extends Partial<AwsSimulatorOptions> {
  readonly fifo?: boolean;
}

export class Queues {
  readonly source: string;
  readonly dead: string;

  constructor(
    readonly time: VirtualTime,
    readonly simulator: AwsSimulator,
    private readonly urls: { readonly source: string | undefined; readonly dead: string | undefined },
    private readonly fifo: boolean,
  ) {
    this.source = fifo ? 'work.fifo' : 'work';
    this.dead = fifo ? 'work-dlq.fifo' : 'work-dlq';
  }

  get clients(): MessagingClients {
    return this.simulator.clients;
  }

  /** Puts dead letters into their queue, in their order. */
  async bury(...dead: readonly Dead[]): Promise<void> {
    for (const one of dead) await this.time.run(this.#send(this.urls.dead, one));
  }

  /** Sends to the queue itself. */
  async send(dead: Dead): Promise<void> {
    await this.time.run(this.#send(this.urls.source, dead));
  }

  /** Takes up to ten messages out of the queue and buries them again, as a handler that rejects does. */
  async rejectAll(): Promise<void> {
    const { sqs } = this.clients;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.urls.source, MaxNumberOfMessages: 10 }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      const MessageAttributes = { 'lethe-reason': text('rejected') };
      await sqs.send(new SendMessageCommand({ QueueUrl: this.urls.dead, MessageBody: Body, MessageAttributes }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: this.urls.source, ReceiptHandle }));
    }
  }

  /** Bodies in a queue, in order. */
  bodies(queue: string): string[] {
    return this.simulator.messages(queue).map(({ body }) => body);
  }

  /** The numbers of the messages in a queue, in order. */
  numbers(queue: string): number[] {
    return this.bodies(queue).map(numberOf);
  }

  hidden(queue: string): number {
    return this.simulator.messages(queue).filter(({ hidden }) => hidden).length;
  }

  async #send(url: string | undefined, dead: Dead): Promise<void> {
    const { n, type = 'shop.sold.v1', reason, group = 'g' } = dead;
    const diagnosis = { 'lethe-reason': text(reason ?? ''), 'lethe-detail': text('why'), 'lethe-handler': text('A.b') };
    await this.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: bodyOf(dead),
        MessageAttributes: {
          ...(dead.body === undefined ? { type: text(type) } : {}),
          ...(reason === undefined ? {} : diagnosis),
        },
        ...(this.fifo ? { MessageGroupId: group, MessageDeduplicationId: idOf(n) } : {}),
      }),
    );
  }
}

function numberOf(body: string): number {
  const { data }: { data: { n: number } } = JSON.parse(body);
  return data.n;
}
