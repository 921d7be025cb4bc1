import { type MessageDefinition, type QueueSettings, type Topology, queueName, topicName } from '@lethe/topology';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { MessagingClients } from './clients.js';
import { DestinationError } from './messaging.errors.js';

/** Where a message is sent: the topic of the event's owner, or the queue of the command's owner. */
export interface Destination {
  readonly kind: 'topic' | 'queue';
  readonly name: string;
  /** Messages have a group and a deduplication id. */
  readonly fifo: boolean;
  /** Messages may have a group, by which a queue is fair. */
  readonly fair: boolean;
}

export function destinationOf({ name, services }: Topology, { kind, owner }: MessageDefinition): Destination {
  const service = services.find((one) => one.name === owner);
  if (kind === 'command') {
    const { fifo, fair }: QueueSettings = service?.queue ?? {};
    return { kind: 'queue', name: queueName(name, owner, service?.queue), fifo: fifo === true, fair: fair === true };
  }
  const fifo = service?.topic?.fifo === true;
  const fair = services.some(({ queue, handles }) => {
    return queue?.fair === true && handles.some((message) => message.kind === 'event' && message.owner === owner);
  });
  return { kind: 'topic', name: topicName(name, owner, service?.topic), fifo, fair };
}

/** Asks SQS for the URL of a queue. Throws a {@link DestinationError} where there is none or SQS does not answer. */
export async function queueUrlOf({ sqs }: MessagingClients, name: string): Promise<string> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl === undefined) throw new DestinationError(name, 'SQS gave no URL');
    return QueueUrl;
  } catch (cause) {
    if (cause instanceof DestinationError) throw cause;
    const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new DestinationError(name, `the queue cannot be used: ${detail}`, { cause });
  }
}

/** The addresses of topics and queues. Queue URLs are asked for once; a failure is forgotten, and asked for again. */
export class Addresses {
  readonly #urls = new Map<string, Promise<string>>();

  constructor(
    private readonly clients: MessagingClients,
    private readonly accountId: string,
  ) {}

  async of({ kind, name }: Pick<Destination, 'kind' | 'name'>): Promise<string> {
    if (kind === 'topic') return `arn:aws:sns:${await this.clients.sns.config.region()}:${this.accountId}:${name}`;
    const known = this.#urls.get(name);
    if (known) return known;
    const asked = queueUrlOf(this.clients, name);
    this.#urls.set(name, asked);
    try {
      return await asked;
    } catch (error) {
      this.#urls.delete(name);
      throw error;
    }
  }
}
