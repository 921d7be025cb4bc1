import { DefinitionError, type EventDefinition, type MessageDefinition } from './definitions.js';
import { deadLetterQueueName } from './names.js';

interface QueueTimes {
  /** Seconds for which a received message stays hidden. 1 to 43,200, default 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives after which SQS moves a message to the dead-letter queue. 3 to 1,000 (R20), default 8. */
  readonly maxReceiveCount?: number;
}

/**
 * How the queue of a service differs from the rest. `fifo`: messages of one group stay in order, and are sent under a
 * deduplication id. `fair`: a standard queue on which no group (a tenant, say) holds up the others.
 */
export type QueueSettings = QueueTimes &
  ({ readonly fifo?: true; readonly fair?: never } | { readonly fair?: true; readonly fifo?: never });

/** How the topic of a service differs from the rest. */
export interface TopicSettings {
  /** Events of one group stay in order, for the FIFO queues that subscribe. */
  readonly fifo?: true;
  /** Bytes of the largest message, 1,024 to 1,048,576. Default 262,144, that of SNS. */
  readonly maxMessageBytes?: number;
}

/** Source: "Amazon SQS queue quotas". */
const MAX_QUEUE_NAME = 80;

function checkRange(service: string, what: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < min || value > max))
    throw new DefinitionError(`${service}: ${what} ${value} is not a whole number from ${min} to ${max}`);
}

/** Throws a {@link DefinitionError} for what SQS would refuse, or what would lose messages. */
export function checkQueueSettings(service: string, queue: QueueSettings | undefined): void {
  if (queue === undefined) return;
  const { fifo, fair }: { fifo?: true; fair?: true } = queue;
  if (fifo === true && fair === true)
    throw new DefinitionError(`${service}: a queue is FIFO or fair; a FIFO queue is fair between its groups anyway`);
  checkRange(service, 'visibilityTimeoutSeconds', queue.visibilityTimeoutSeconds, 1, 43_200);
  checkRange(service, 'maxReceiveCount', queue.maxReceiveCount, 3, 1_000);
}

/** Throws a {@link DefinitionError} for what SNS would refuse. */
export function checkTopicSettings(service: string, topic: TopicSettings | undefined): void {
  checkRange(service, 'maxMessageBytes', topic?.maxMessageBytes, 1_024, 1_048_576);
}

interface Talker {
  readonly name: string;
  readonly publishes: readonly EventDefinition[];
  readonly handles: readonly MessageDefinition[];
  readonly queue?: QueueSettings | undefined;
  readonly topic?: TopicSettings | undefined;
}

/**
 * Throws a {@link DefinitionError} where a FIFO queue would listen to a topic that is not FIFO, which SNS refuses, and
 * for a name that is too long for a queue.
 */
export function checkDelivery(topology: string, services: readonly Talker[]): void {
  const ordered = new Set(services.filter(({ topic }) => topic?.fifo === true).map(({ name }) => name));
  for (const { name, handles, queue } of services) {
    const longest = deadLetterQueueName(topology, name, queue);
    if (handles.length > 0 && longest.length > MAX_QUEUE_NAME)
      throw new DefinitionError(`${longest} is longer than the ${MAX_QUEUE_NAME} characters of a queue's name`);
    if (queue?.fifo !== true) continue;
    const unordered = handles.find(({ kind, owner }) => kind === 'event' && !ordered.has(owner));
    if (unordered)
      throw new DefinitionError(
        `${name} hears ${unordered.type} on a FIFO queue: the topic of ${unordered.owner} must be FIFO too`,
      );
  }
}
