import { randomBytes } from 'node:crypto';
import { type Topology, replyQueuePrefix } from '@lethe/topology';

/** The message attribute that names the queue of the asker. */
export const REPLY_TO = 'reply-to';

const ID = /^[0-9a-f]{16}$/;

/** The name of a new reply queue. */
export function newReplyQueue(topology: string, service: string): string {
  return replyQueuePrefix(topology, service) + randomBytes(8).toString('hex');
}

/** Whether a name is one that {@link newReplyQueue} makes with this prefix. */
export function isReplyQueueName(prefix: string, queue: string): boolean {
  return queue.startsWith(prefix) && ID.test(queue.slice(prefix.length));
}

/**
 * Whether this is a reply queue of a service of the topology. The name comes from outside: nothing else is ever written
 * to, least of all a URL.
 */
export function isReplyQueueOf({ name, services }: Topology, service: string, queue: string): boolean {
  return services.some((one) => one.name === service) && isReplyQueueName(replyQueuePrefix(name, service), queue);
}
