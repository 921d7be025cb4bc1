import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Timers, pause } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import type {
  ConsumedQueue,
  PlainHandle,
  Received,
  Settled,
  SqsConsumerOptions,
} from '../../src/consumer/consumer.types.js';
import { SqsConsumer } from '../../src/consumer/sqs-consumer.js';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';

export interface Told {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A queue with its dead-letter queue in virtual time, and consumers of it. Retries follow at once. */
export async function simulated({ fifo = false, latencyMs = 5 }: { fifo?: boolean; latencyMs?: number } = {}) {
  const time = new VirtualTime();
  const simulator = new AwsSimulator({ time, latencyMs });
  const { sqs } = simulator.clients;
  const suffix = fifo ? '.fifo' : '';
  const queue = {
    name: `q${suffix}`,
    url: `https://sqs.eu-central-1.amazonaws.com/000000000000/q${suffix}`,
    fifo,
    visibilityTimeoutSeconds: 30,
    maxReceiveCount: 4,
    deadLetterQueue: `dead${suffix}`,
  } satisfies ConsumedQueue;
  const kind = fifo ? { FifoQueue: 'true' } : {};
  const deadLetterTargetArn = `arn:aws:sqs:eu-central-1:000000000000:${queue.deadLetterQueue}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: queue.maxReceiveCount });
  await time.run(sqs.send(new CreateQueueCommand({ QueueName: queue.deadLetterQueue, Attributes: { ...kind } })));
  await time.run(sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: { ...kind, RedrivePolicy } })));

  return {
    time,
    simulator,
    queue,
    /** Sends these bodies, one after the other; on a FIFO queue to the group that each begins with, as in `a1`. */
    send: async (...bodies: readonly string[]): Promise<void> => {
      for (const body of bodies) {
        const ids = fifo ? { MessageGroupId: body.slice(0, 1), MessageDeduplicationId: body } : {};
        await time.run(sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body, ...ids })));
      }
    },
    start: async (handle: PlainHandle, options: Partial<SqsConsumerOptions> = {}) => {
      const settled: Settled[] = [];
      const repeated: Received[] = [];
      const lines: Told[] = [];
      const at = (level: Told['level']) => (fields: object, message: string) => {
        lines.push({ level, fields, message });
      };
      const consumer = new SqsConsumer({
        clients: simulator.connect().clients,
        queue,
        handle,
        timers: time,
        backoff: { base: 0, cap: 0 },
        logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
        observer: { settled: (one) => void settled.push(one), repeated: (one) => void repeated.push(one) },
        ...options,
      });
      await time.run(consumer.start());
      return { consumer, settled, repeated, lines, close: (graceMs?: number) => time.run(consumer.close(graceMs)) };
    },
  };
}

/** Ends when the signal is aborted, or after so long. */
export function obeying(signal: AbortSignal, timers: Timers, ms = 3_600_000): Promise<void> {
  return pause(ms, signal, timers);
}
