import { randomUUID } from 'node:crypto';
import { createClients } from '@lethe/aws';
import { uuidv7 } from '@lethe/kernel';
import {
  deadLetterQueueName,
  defineCommand,
  defineEvent,
  defineService,
  defineTopology,
  encodeMessage,
  queueName,
} from '@lethe/topology';
import type { MessageDefinition } from '@lethe/topology';
import { GetQueueUrlCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { MessagePublisher } from '../src/publisher.js';
import { provisionMessaging } from '../src/provision.js';

const data = z.object({ n: z.int() });

export const Shouted = defineEvent({ owner: 'sender', name: 'shouted', version: 1, description: 'An event.', data });
export const Whispered = defineEvent({
  owner: 'sender',
  name: 'whispered',
  version: 1,
  description: 'An event that nobody hears.',
  data,
});
export const Listen = defineCommand({ owner: 'receiver', name: 'listen', version: 1, description: 'A command.', data });

export const sender = defineService({ name: 'sender', publishes: [Shouted, Whispered], sends: [Listen] });
export const receiver = defineService({ name: 'receiver', handles: [Shouted, Listen] });

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** Two services and their queues, under names of this test's own. */
export async function createStore() {
  const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [sender, receiver]);
  const clients = createClients({ region: process.env['AWS_REGION'] ?? REGION });
  await provisionMessaging(topology, clients);
  const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT });

  const urlOf = async (name: string) => (await clients.sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  const queueUrl = await urlOf(queueName(topology.name, 'receiver'));
  const deadLetterUrl = await urlOf(deadLetterQueueName(topology.name, 'receiver'));
  const receive = async (url: string | undefined, waitSeconds: number, visibilityTimeout = 30): Promise<Message[]> => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilityTimeout,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };

  const closers: (() => Promise<void>)[] = [];
  return {
    topology,
    clients,
    publisher,
    queueUrl,
    deadLetterUrl,
    receive,
    /** Publishes one message per number and answers their ids. */
    async publish(definition: MessageDefinition, numbers: readonly number[], traceparent?: string): Promise<string[]> {
      const entries = numbers.map((n) => {
        const id = uuidv7();
        const body = encodeMessage(definition, { n }, { id, source: 'sender', time: Date.now(), traceparent });
        return { id, definition, body, traceparent };
      });
      for (const { error } of await publisher.publishBatch(entries)) if (error) throw error;
      return entries.map(({ id }) => id);
    },
    /** Puts a body into the receiver's queue as it is. */
    async sendRaw(body: string): Promise<void> {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    },
    /** What to end before the clients close. */
    onClose(close: () => Promise<void>): void {
      closers.push(close);
    },
    async close(): Promise<void> {
      await Promise.all(closers.map((close) => close()));
      clients.close();
    },
  };
}

export type Store = Awaited<ReturnType<typeof createStore>>;
