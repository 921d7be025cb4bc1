import type { StreamDefinition } from './definitions.js';

/** Whether a queue or topic keeps the order of its messages, which its name must tell. */
export interface Ordering {
  readonly fifo?: boolean | undefined;
}

/** SQS and SNS want the names of FIFO queues and topics, and of no others, to end so. */
const FIFO_SUFFIX = '.fifo';

const suffix = ({ fifo }: Ordering = {}): string => (fifo === true ? FIFO_SUFFIX : '');

/** The topic of a service, whose {@link Ordering} is `service.topic`. */
export function topicName(topology: string, owner: string, topic?: Ordering): string {
  return `${topology}-${owner}${suffix(topic)}`;
}

/** The queue of a service, whose {@link Ordering} is `service.queue`. */
export function queueName(topology: string, service: string, queue?: Ordering): string {
  return `${topology}-${service}${suffix(queue)}`;
}

/** The dead-letter queue of a service; that of a FIFO queue is FIFO too. */
export function deadLetterQueueName(topology: string, service: string, queue?: Ordering): string {
  return `${topology}-${service}-dlq${suffix(queue)}`;
}

export function streamName(topology: string, stream: Pick<StreamDefinition, 'name'>): string {
  return `${topology}-${stream.name}`;
}
