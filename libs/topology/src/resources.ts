import { deadLetterQueueName, queueName, streamName, topicName } from './names.js';
import type { ServiceDefinition, Topology } from './service.js';
import { acceptedTypes } from './upcasts.js';

/** What a topology owns in AWS, by name. Derived, never written by hand. */
export interface Resources {
  readonly topics: readonly TopicResource[];
  readonly queues: readonly QueueResource[];
  readonly subscriptions: readonly SubscriptionResource[];
  readonly streams: readonly StreamResource[];
}
export interface TopicResource {
  readonly name: string;
  readonly owner: string;
  /** Whether messages of one group stay in order. */
  readonly fifo: boolean;
  /** Bytes of the largest message and of a whole batch; absent where SNS's default of 262,144 is kept. */
  readonly maxMessageBytes?: number;
}
export interface QueueResource {
  readonly name: string;
  readonly owner: string;
  readonly deadLetterQueue: string;
  /** Whether messages of one group stay in order, in this queue and in its dead-letter queue. */
  readonly fifo: boolean;
  /** Whether messages carry a group so that none of them holds up the others (fair queues of SQS). */
  readonly fair: boolean;
  readonly visibilityTimeoutSeconds: number;
  /** Receives after which SQS moves the message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly retentionSeconds: number;
  readonly deadLetterRetentionSeconds: number;
}
export interface SubscriptionResource {
  readonly topic: string;
  readonly queue: string;
  /** Filters on the message attribute `type`. */
  readonly filterPolicy: { readonly type: readonly string[] };
}
export interface StreamResource {
  readonly name: string;
  readonly owner: string;
  readonly shards: number;
}

const DAY = 86_400;
/**
 * How every queue behaves. At least three receives before the dead-letter queue (R20), whose retention, the longest
 * that SQS knows, is longer than the queue's own, since a message keeps its age when it moves.
 */
export const QUEUE_DEFAULTS = {
  visibilityTimeoutSeconds: 30,
  maxReceiveCount: 8,
  retentionSeconds: 4 * DAY,
  deadLetterRetentionSeconds: 14 * DAY,
} as const;

/** How long an inbox must remember a message: a redriven one can arrive after both retentions (R14). */
export const INBOX_RETENTION_SECONDS =
  QUEUE_DEFAULTS.retentionSeconds + QUEUE_DEFAULTS.deadLetterRetentionSeconds + DAY;

function topicOf(topology: string, { name, topic }: ServiceDefinition): TopicResource {
  const maxMessageBytes = topic?.maxMessageBytes;
  return {
    name: topicName(topology, name, topic),
    owner: name,
    fifo: topic?.fifo === true,
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  };
}

function queueOf(topology: string, { name, queue }: ServiceDefinition): QueueResource {
  const { visibilityTimeoutSeconds, maxReceiveCount } = { ...QUEUE_DEFAULTS, ...queue };
  return {
    name: queueName(topology, name, queue),
    owner: name,
    deadLetterQueue: deadLetterQueueName(topology, name, queue),
    fifo: queue?.fifo === true,
    fair: queue?.fair === true,
    ...QUEUE_DEFAULTS,
    visibilityTimeoutSeconds,
    maxReceiveCount,
  };
}

function subscriptionsOf(
  { name: topology, services }: Topology,
  { name, handles, queue }: ServiceDefinition,
): SubscriptionResource[] {
  const events = handles.filter(({ kind }) => kind === 'event');
  const owners = [...new Set(events.map(({ owner }) => owner))].sort();
  return owners.map((owner) => ({
    topic: topicName(topology, owner, services.find((service) => service.name === owner)?.topic),
    queue: queueName(topology, name, queue),
    filterPolicy: {
      type: [...new Set(events.filter((event) => event.owner === owner).flatMap(acceptedTypes))].sort(),
    },
  }));
}

/** Topics of services that publish, queues of services that handle, one subscription per pair, streams that are written or read. */
export function resourcesOf(topology: Topology): Resources {
  const { name, services } = topology;
  const streams = new Map(
    services.flatMap(({ writes, reads }) => [...writes, ...reads]).map((stream) => [stream.name, stream]),
  );
  return {
    topics: services.filter(({ publishes }) => publishes.length > 0).map((service) => topicOf(name, service)),
    queues: services.filter(({ handles }) => handles.length > 0).map((service) => queueOf(name, service)),
    subscriptions: services.flatMap((service) => subscriptionsOf(topology, service)),
    streams: [...streams.values()].map((stream) => ({
      name: streamName(name, stream),
      owner: stream.owner,
      shards: stream.shards,
    })),
  };
}
