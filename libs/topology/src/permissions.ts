import type { MessageDefinition, StreamDefinition } from './definitions.js';
import { deadLetterQueueName, queueName, streamName, topicName } from './names.js';
import { isRequest, replyQueuePrefix } from './replies.js';
import type { ServiceDefinition, Topology } from './service.js';

/** What a service may do with one thing that the topology owns: actions of IAM, without a wildcard. */
export interface Permission {
  readonly on: 'topic' | 'queue' | 'reply-queues' | 'stream';
  /** Of the topic, queue or stream; of reply queues what their names begin with. */
  readonly name: string;
  readonly actions: readonly string[];
  /** The declaration that it follows from. */
  readonly because: string;
}

const PUBLISH = ['sns:GetTopicAttributes', 'sns:Publish'];
const SEND = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];
/** Batches need the action of the single call: IAM knows no others. Source: "Amazon SQS API permissions". */
const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const WRITE = ['kinesis:ListShards', 'kinesis:PutRecords'];
const READ = ['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'];
/** A reply queue per process: made, kept alive by a tag, read, deleted, and deleted for those whose process died. */
const ASK = [
  'sqs:CreateQueue',
  'sqs:DeleteMessage',
  'sqs:DeleteQueue',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListQueueTags',
  'sqs:ListQueues',
  'sqs:ReceiveMessage',
  'sqs:TagQueue',
];

const typesOf = (messages: readonly MessageDefinition[]): string => messages.map(({ type }) => type).join(', ');

/** Joins what two declarations say of one thing. */
function merged(permissions: readonly Permission[]): Permission[] {
  const byThing = new Map<string, Permission>();
  for (const permission of permissions) {
    const key = `${permission.on} ${permission.name}`;
    const before = byThing.get(key);
    byThing.set(
      key,
      before === undefined
        ? permission
        : {
            ...permission,
            actions: [...new Set([...before.actions, ...permission.actions])].sort(),
            because: `${before.because}; ${permission.because}`,
          },
    );
  }
  return [...byThing.values()];
}

function sendsTo(topology: Topology, { sends }: ServiceDefinition): Permission[] {
  const owners = [...new Set(sends.map(({ owner }) => owner))].sort();
  return owners.map((owner) => {
    const queue = topology.services.find(({ name }) => name === owner)?.queue;
    return {
      on: 'queue',
      name: queueName(topology.name, owner, queue),
      actions: SEND,
      because: `sends ${typesOf(sends.filter((command) => command.owner === owner))}`,
    };
  });
}

function consumes({ name: topology }: Topology, { name, handles, queue }: ServiceDefinition): Permission[] {
  if (handles.length === 0) return [];
  return [
    {
      on: 'queue',
      name: queueName(topology, name, queue),
      actions: CONSUME,
      because: `handles ${typesOf(handles)}`,
    },
    // By hand, with a diagnosis; how many lie there is a metric (R21).
    {
      on: 'queue',
      name: deadLetterQueueName(topology, name, queue),
      actions: SEND,
      because: 'parks what it cannot read',
    },
  ];
}

/** Replies go to the queues of whoever asks. */
function answers({ name, services }: Topology, { handles }: ServiceDefinition): Permission[] {
  const requests = new Set(handles.filter((message) => isRequest(message)).map(({ type }) => type));
  const askers = services.filter(({ sends }) => sends.some(({ type }) => requests.has(type)));
  return askers.map((asker) => ({
    on: 'reply-queues',
    name: replyQueuePrefix(name, asker.name),
    actions: SEND,
    because: `answers ${asker.name}`,
  }));
}

function asks({ name }: Topology, service: ServiceDefinition): Permission[] {
  const requests = service.sends.filter((command) => isRequest(command));
  if (requests.length === 0) return [];
  const prefix = replyQueuePrefix(name, service.name);
  return [{ on: 'reply-queues', name: prefix, actions: ASK, because: `asks ${typesOf(requests)}` }];
}

function publishes({ name }: Topology, { publishes: events, name: service, topic }: ServiceDefinition): Permission[] {
  if (events.length === 0) return [];
  return [
    { on: 'topic', name: topicName(name, service, topic), actions: PUBLISH, because: `publishes ${typesOf(events)}` },
  ];
}

/**
 * What the role of a service needs, and nothing more: it follows from what the service publishes, sends, handles, writes
 * and reads (S57).
 */
export function permissionsOf(topology: Topology, service: ServiceDefinition): readonly Permission[] {
  const stream = (actions: readonly string[], verb: string) => (definition: StreamDefinition) => ({
    on: 'stream' as const,
    name: streamName(topology.name, definition),
    actions,
    because: `${verb} ${definition.name}`,
  });
  return merged([
    ...publishes(topology, service),
    ...sendsTo(topology, service),
    ...consumes(topology, service),
    ...asks(topology, service),
    ...answers(topology, service),
    ...service.writes.map(stream(WRITE, 'writes')),
    ...service.reads.map(stream(READ, 'reads')),
  ]);
}
