import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import type { Settled, SqsConsumerOptions } from '../../src/consumer/consumer.types.js';
import { SqsConsumer } from '../../src/consumer/sqs-consumer.js';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';

export const VISIBILITY_SECONDS = 30;

/** A queue with its dead-letter queue in virtual time, and consumers of it. */
export async function virtualQueue({ fifo = false } = {}) {
  const time = new VirtualTime({ seed: 7 });
  const simulator = new AwsSimulator({ time });
  const { clients } = simulator;
  const suffix = fifo ? '.fifo' : '';
  const kind = fifo ? { FifoQueue: 'true' } : {};
  const create = async (name: string, attributes: Record<string, string>) =>
    time.run(clients.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...kind, ...attributes } })));
  const { QueueUrl: dead } = await create(`dead${suffix}`, {});
  const { Attributes } = await time.run(
    clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] })),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 4 };
  const name = `work${suffix}`;
  const { QueueUrl: url = '' } = await create(name, {
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify(redrive),
  });
  return {
    time,
    simulator,
    name,
    send: (body: string, group?: string) =>
      time.run(
        clients.sqs.send(
          new SendMessageCommand({
            QueueUrl: url,
            MessageBody: body,
            ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: body }),
          }),
        ),
      ),
    consume: async (handle: SqsConsumerOptions['handle'], options: Partial<SqsConsumerOptions> = {}) => {
      const settled: Settled[] = [];
      const repeated: string[] = [];
      const consumer = new SqsConsumer({
        clients,
        queue: { name },
        handle,
        timers: time,
        observer: {
          settled: (one) => void settled.push(one),
          repeated: ({ body }) => void repeated.push(body),
        },
        ...options,
      });
      await time.run(consumer.start());
      return { settled, repeated, close: (graceMs?: number) => time.run(consumer.close(graceMs)) };
    },
  };
}
