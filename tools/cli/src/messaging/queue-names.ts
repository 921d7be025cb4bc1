import { type Topology, resourcesOf } from '@lethe/topology';

/**
 * The queue that is meant: by its name, by that of its dead-letter queue, or by that of its service. Another name is
 * taken as it is.
 */
export function queueNameOf(topology: Topology, name: string): string {
  const { queues } = resourcesOf(topology);
  const meant = queues.find((queue) => [queue.name, queue.deadLetterQueue, queue.owner].includes(name));
  return meant?.name ?? name;
}
