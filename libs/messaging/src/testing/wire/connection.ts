import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../../clients.js';
import type { Service } from './aws-errors.js';
import type { Network } from './network.js';
import type { Operations } from './operations.js';

/** The clients of one process. */
export interface Connection {
  readonly clients: MessagingClients;
  /** Nothing gets through any more, in neither direction, and nobody is told: as if the process had been killed. */
  cut(): void;
}

interface Command {
  readonly input: object;
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** What the request is about, for faults that strike one queue, topic or bucket. */
function resourceOf(input: object): string {
  const { QueueUrl, QueueName, TopicArn, Bucket } = input as Record<string, unknown>;
  const name = [QueueUrl, QueueName, TopicArn, Bucket].find((value) => typeof value === 'string');
  return typeof name === 'string' ? name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1) : '';
}

/** Clients that carry commands out. Without a network they do at once, and without faults. */
export function connectionTo(operations: Operations, region: string, network?: Network): Connection {
  let alive = true;
  const carryOut = async (service: Service, command: Command, signal?: AbortSignal): Promise<object> => {
    const { name } = command.constructor;
    const operation = operations[name];
    if (!operation) throw new Error(`the simulator knows no ${name}`);
    const work = () => (alive ? operation(command.input as never, signal) : never());
    if (!network) return work();
    const request = { service, operation: name.replace(/Command$/, ''), resource: resourceOf(command.input), signal };
    return network.carry(request, work);
  };
  const send =
    (service: Service) =>
    async (command: Command, { abortSignal }: SendOptions = {}): Promise<object> => {
      try {
        const output = await carryOut(service, command, abortSignal);
        return alive ? { $metadata: { httpStatusCode: 200, attempts: 1 }, ...output } : await never();
      } catch (error) {
        if (!alive) return never();
        throw error;
      }
    };
  const clients: MessagingClients = {
    sqs: { send: send('sqs') as SQSClient['send'] },
    sns: { send: send('sns') as SNSClient['send'], config: { region: () => Promise.resolve(region) } },
    s3: { send: send('s3') as S3Client['send'] },
  };
  return { clients, cut: () => void (alive = false) };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
