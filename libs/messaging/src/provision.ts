import { type Topology, resourcesOf } from '@lethe/topology';
import type { MessagingClients } from './clients.js';
import { DestinationError } from './messaging.errors.js';
import { ensureQueues } from './provisioning/queues.js';
import { reconcileSubscriptions } from './provisioning/subscriptions.js';
import { ensureTopic } from './provisioning/topics.js';
import { Semaphore } from './semaphore.js';

/** Requests in flight at once: creating queues and topics is throttled more than using them. */
const CONCURRENCY = 8;

/**
 * Creates what the topology needs of SNS and SQS: topics, queues with their dead-letter queues, the policy by which
 * only the topics that a queue listens to may write to it, and subscriptions with raw delivery and a filter on `type`.
 * What exists is brought in line; messages are never touched. Running it twice, or twice at once, is safe. Throws the
 * error of the SDK, or a {@link DestinationError}, where AWS refuses.
 */
export async function provisionMessaging(topology: Topology, clients: MessagingClients): Promise<void> {
  const { topics, queues, subscriptions } = resourcesOf(topology);
  const permits = new Semaphore(CONCURRENCY);
  const topicArns = new Map(
    await Promise.all(
      topics.map((topic) => permits.run(async () => [topic.name, await ensureTopic(topic, clients)] as const)),
    ),
  );
  const arnOf = (topic: string): string => {
    const arn = topicArns.get(topic);
    if (arn === undefined) throw new DestinationError(topic, 'the topology subscribes to a topic it does not have');
    return arn;
  };
  const queueArns = new Map(
    await Promise.all(
      queues.map((queue) =>
        permits.run(async () => {
          const heard = subscriptions.filter(({ queue: name }) => name === queue.name).map(({ topic }) => arnOf(topic));
          return [queue.name, await ensureQueues(queue, heard, clients)] as const;
        }),
      ),
    ),
  );
  await Promise.all(
    topics.map(({ name }) =>
      permits.run(() =>
        reconcileSubscriptions(
          arnOf(name),
          subscriptions.filter(({ topic }) => topic === name),
          queueArns,
          clients,
        ),
      ),
    ),
  );
}
