import type { StreamDefinition } from './definitions.js';
import type { ServiceDefinition, Topology } from './service.js';

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
}
export interface QueueResource {
  readonly name: string;
  readonly owner: string;
  readonly deadLetterQueue: string;
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

export function topicName(topology: string, owner: string): string {
  return `${topology}-${owner}`;
}
export function queueName(topology: string, service: string): string {
  return `${topology}-${service}`;
}
export function deadLetterQueueName(topology: string, service: string): string {
  return `${topology}-${service}-dlq`;
}
export function streamName(topology: string, stream: Pick<StreamDefinition, 'name'>): string {
  return `${topology}-${stream.name}`;
}

function subscriptionsOf(topology: string, { name, handles }: ServiceDefinition): SubscriptionResource[] {
  const events = handles.filter(({ kind }) => kind === 'event');
  const owners = [...new Set(events.map(({ owner }) => owner))].sort();
  return owners.map((owner) => ({
    topic: topicName(topology, owner),
    queue: queueName(topology, name),
    filterPolicy: {
      type: events
        .filter((event) => event.owner === owner)
        .map(({ type }) => type)
        .sort(),
    },
  }));
}

/** Topics of services that publish, queues of services that handle, one subscription per pair, streams that are written or read. */
export function resourcesOf({ name, services }: Topology): Resources {
  const streams = new Map(
    services.flatMap(({ writes, reads }) => [...writes, ...reads]).map((stream) => [stream.name, stream]),
  );
  return {
    topics: services
      .filter(({ publishes }) => publishes.length > 0)
      .map((service) => ({ name: topicName(name, service.name), owner: service.name })),
    queues: services
      .filter(({ handles }) => handles.length > 0)
      .map((service) => ({
        name: queueName(name, service.name),
        owner: service.name,
        deadLetterQueue: deadLetterQueueName(name, service.name),
        ...QUEUE_DEFAULTS,
      })),
    subscriptions: services.flatMap((service) => subscriptionsOf(name, service)),
    streams: [...streams.values()].map((stream) => ({
      name: streamName(name, stream),
      owner: stream.owner,
      shards: stream.shards,
    })),
  };
}
