import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { type AwsClients, createClients } from '@lethe/aws';
import { eventually } from '@lethe/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlainHandle, Settled, SqsConsumerOptions } from '../src/consumer/consumer.types.js';
import { SqsConsumer } from '../src/consumer/sqs-consumer.js';
import { RetryLater } from '../src/handler-outcome.js';
import { REGION } from './store.fixture.js';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a FIFO queue of the embedded server', () => {
  let clients: AwsClients;
  let name: string;
  let url: string;
  let deadUrl: string;
  const consumers: SqsConsumer[] = [];

  beforeEach(async () => {
    clients = createClients({ region: process.env['AWS_REGION'] ?? REGION });
    name = `t-${randomUUID().slice(0, 8)}.fifo`;
    const create = (QueueName: string, Attributes: Record<string, string>) =>
      clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true', ...Attributes } }));
    ({ QueueUrl: deadUrl = '' } = await create(`dead-${name}`, {}));
    const deadLetterTargetArn = `arn:aws:sqs:${process.env['AWS_REGION'] ?? REGION}:000000000000:dead-${name}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
    ({ QueueUrl: url = '' } = await create(name, { RedrivePolicy }));
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    clients.close();
  });

  const send = async (...bodies: readonly string[]) => {
    const Entries = bodies.map((body, at) => ({
      Id: String(at),
      MessageBody: body,
      MessageGroupId: body.slice(0, 1),
      MessageDeduplicationId: body,
    }));
    for (let at = 0; at < Entries.length; at += 10)
      await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: Entries.slice(at, at + 10) }));
  };
  const start = async (handle: PlainHandle, options: Partial<SqsConsumerOptions> = {}) => {
    const settled: Settled[] = [];
    const consumer = new SqsConsumer({
      clients,
      queue: { name },
      handle,
      backoff: { base: 0.01, cap: 0.01 },
      observer: { settled: (one) => void settled.push(one) },
      ...options,
    });
    consumers.push(consumer);
    await consumer.start();
    return { consumer, settled };
  };

  it('R19: keeps the order of each group, with failures and two replicas', async () => {
    const done: string[] = [];
    const failed = new Set<string>();
    const handle: PlainHandle = ({ body }) => {
      if (body.endsWith('5') && !failed.has(body)) {
        failed.add(body);
        throw new Error('at first');
      }
      done.push(body);
    };
    await send(...range(60).map((n) => `${'abc'[n % 3]}${String(n).padStart(2, '0')}`));

    await start(handle);
    await start(handle);
    await eventually(() => expect(done).toHaveLength(60));

    for (const group of ['a', 'b', 'c']) {
      const order = done.filter((body) => body.startsWith(group));
      expect(order).toEqual(order.toSorted());
    }
    expect(failed.size).toBe(6);
  });

  it('R20: dead-letters the head with its group and diagnosis, and goes on', async () => {
    await send('a1', 'a2');
    const { settled } = await start(({ body }) => {
      if (body === 'a1') throw new Error('never');
    });

    await eventually(() => expect(settled.filter(({ outcome }) => outcome === 'done')).toHaveLength(1));
    const { Messages } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }),
    );

    expect(settled.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['retried', 'retried', 'dead-lettered', 'done']),
    );
    expect(Messages?.[0]).toMatchObject({
      Body: 'a1',
      MessageAttributes: { 'lethe-detail': { StringValue: 'Error: never' } },
    });
  });

  it('SQS-4: hands a resting group over to the next replica, in order', async () => {
    await send('a1', 'a2');
    const first = await start(() => new RetryLater(20));
    await eventually(() => expect(first.settled).toHaveLength(1));

    await first.consumer.close();
    const order: string[] = [];
    await start(({ body }) => void order.push(body));
    await eventually(() => expect(order).toHaveLength(2));

    expect(order).toEqual(['a1', 'a2']);
  });
});
