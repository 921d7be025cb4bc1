import type { MessageDefinition, RequestDefinition, StreamDefinition } from '../definitions.js';
import { replyQueuePrefix, replyType, isRequest } from '../replies.js';
import { type QueueResource, type Resources, type TopicResource, resourcesOf } from '../resources.js';
import { streamName } from '../names.js';
import type { ServiceDefinition, Topology } from '../service.js';
import { versionsOf } from '../upcasts.js';
import { messagesOf } from '../wire-shapes.js';
import { type Schemas, commonSchemas, dataSchemas, messageSchemas, replySchemas } from './asyncapi-schemas.js';

export interface AsyncApiInfo {
  /** Default: the name of the topology. */
  readonly title?: string;
  /** Default `1.0.0`. */
  readonly version?: string;
  readonly description?: string;
}

/** An AsyncAPI 3.0 document. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: AsyncApiInfo & { readonly title: string; readonly version: string };
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly components: { readonly messages: Readonly<Record<string, object>>; readonly schemas: Schemas };
}

interface Named {
  readonly type: string;
}
/** Keys of channels: a topic and a queue can have the same name. */
const topicKey = (name: string): string => `topic.${name}`;
const queueKey = (name: string): string => `queue.${name}`;
const streamKey = ({ name }: Topology, stream: StreamDefinition): string => `stream.${streamName(name, stream)}`;

const CLOUDEVENTS = 'application/cloudevents+json';
const reference = (...path: readonly string[]) => ({ $ref: `#/${path.join('/')}` });
const byType = (messages: readonly Named[]) =>
  Object.fromEntries(messages.map(({ type }) => [type, reference('components', 'messages', type)]));
const inChannel = (channel: string, messages: readonly Named[]) =>
  messages.map(({ type }) => reference('channels', channel, 'messages', type));

/**
 * The topology as an AsyncAPI 3.0 document: topics, queues and streams are its channels, with the bindings of SNS and SQS;
 * what each service sends and receives are its operations; a message is its CloudEvents envelope with the JSON Schema of
 * its data as it goes over the wire. Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiOf(topology: Topology, info: AsyncApiInfo = {}): AsyncApiDocument {
  const resources = resourcesOf(topology);
  const messages = messagesOf(topology);
  const requests = messages.filter(isRequest);
  const streams = streamsOf(topology);
  return {
    asyncapi: '3.0.0',
    info: { ...info, title: info.title ?? topology.name, version: info.version ?? '1.0.0' },
    defaultContentType: CLOUDEVENTS,
    channels: {
      ...Object.fromEntries(resources.topics.map((topic) => [topicKey(topic.name), topicChannel(topology, topic)])),
      ...Object.fromEntries(resources.queues.map((queue) => [queueKey(queue.name), queueChannel(topology, queue)])),
      ...Object.fromEntries(streams.map((stream) => [streamKey(topology, stream), streamChannel(topology, stream)])),
      ...replyChannels(topology),
    },
    operations: Object.assign({}, ...topology.services.map((service) => operationsOf(topology, service, resources))),
    components: {
      messages: {
        ...Object.fromEntries(messages.map((message) => [message.type, messageObject(message)])),
        ...Object.fromEntries(requests.map((request) => [replyType(request.type), replyObject(request)])),
        ...Object.fromEntries(streams.map((stream) => [stream.name, recordObject(stream)])),
      },
      schemas: Object.assign(
        commonSchemas(),
        ...messages.map(messageSchemas),
        ...requests.map(replySchemas),
        ...streams.map(({ name, schema }) => dataSchemas(name, schema)),
      ),
    },
  };
}

function messageObject({ type, kind, description }: MessageDefinition): object {
  return {
    name: type,
    title: type,
    summary: description,
    contentType: CLOUDEVENTS,
    tags: [{ name: kind }],
    headers: reference('components', 'schemas', 'message.attributes'),
    payload: reference('components', 'schemas', type),
  };
}

function replyObject({ type }: RequestDefinition): object {
  const name = replyType(type);
  return {
    name,
    title: name,
    summary: `A piece of the answer to ${type}.`,
    contentType: CLOUDEVENTS,
    tags: [{ name: 'reply' }],
    correlationId: { location: '$message.payload#/subject', description: 'Id of the request.' },
    payload: reference('components', 'schemas', name),
  };
}

function recordObject({ name, description }: StreamDefinition): object {
  return {
    name,
    title: name,
    summary: description,
    contentType: 'application/json',
    tags: [{ name: 'record' }],
    payload: reference('components', 'schemas', name),
  };
}

function topicChannel({ services }: Topology, { name, owner, fifo }: TopicResource): object {
  const published = services.find((service) => service.name === owner)?.publishes ?? [];
  return {
    address: name,
    description: `Events of ${owner}.`,
    messages: byType(published),
    bindings: { sns: { name, ordering: { type: fifo ? 'FIFO' : 'standard' }, bindingVersion: '0.1.0' } },
  };
}

function queueChannel({ services }: Topology, queue: QueueResource): object {
  const handled = services.find((service) => service.name === queue.owner)?.handles ?? [];
  const { name, owner, fifo, deadLetterQueue, maxReceiveCount } = queue;
  return {
    address: name,
    description: `What ${owner} handles: its commands, and the events it subscribes to.`,
    messages: byType(handled.flatMap(versionsOf)),
    bindings: {
      sqs: {
        queue: {
          name,
          fifoQueue: fifo,
          visibilityTimeout: queue.visibilityTimeoutSeconds,
          messageRetentionPeriod: queue.retentionSeconds,
          redrivePolicy: { deadLetterQueue: { name: deadLetterQueue }, maxReceiveCount },
        },
        deadLetterQueue: {
          name: deadLetterQueue,
          fifoQueue: fifo,
          messageRetentionPeriod: queue.deadLetterRetentionSeconds,
        },
        bindingVersion: '0.2.0',
      },
    },
  };
}

function streamChannel({ name }: Topology, stream: StreamDefinition): object {
  return {
    address: streamName(name, stream),
    description: `${stream.description} A Kinesis stream of ${stream.shards} shards.`,
    messages: byType([{ type: stream.name }]),
  };
}

/** One for each service that asks: the queue of each of its clients, whose name nobody knows beforehand. */
function replyChannels(topology: Topology): Record<string, object> {
  const asking = topology.services.filter(({ sends }) => sends.some(isRequest));
  return Object.fromEntries(
    asking.map(({ name, sends }) => [
      replyKey(topology, name),
      {
        address: null,
        description: `Where the answers to ${name} arrive: a queue of each client.`,
        messages: byType(sends.filter(isRequest).map(({ type }) => ({ type: replyType(type) }))),
      },
    ]),
  );
}

function replyKey({ name }: Topology, service: string): string {
  return `reply.${replyQueuePrefix(name, service).replace(/-$/, '')}`;
}

function operationsOf(topology: Topology, service: ServiceDefinition, resources: Resources): Record<string, object> {
  const { name, handles, writes, reads } = service;
  const queue = resources.queues.find(({ owner }) => owner === name);
  const stream = (action: 'send' | 'receive') => (definition: StreamDefinition) => {
    const channel = streamKey(topology, definition);
    const key = `${name}.${action === 'send' ? 'writes' : 'reads'}.${definition.name}`;
    return [key, operation(action, channel, [{ type: definition.name }], `${name} on ${definition.name}`)] as const;
  };
  return {
    ...publishing(service, resources),
    ...sending(topology, service, resources),
    ...(queue
      ? {
          [`${name}.handles`]: operation(
            'receive',
            queueKey(queue.name),
            handles.flatMap(versionsOf),
            `${name} handles`,
          ),
        }
      : {}),
    ...Object.fromEntries([...writes.map(stream('send')), ...reads.map(stream('receive'))]),
  };
}

function operation(action: 'send' | 'receive', channel: string, messages: readonly Named[], summary: string): object {
  return { action, summary, channel: reference('channels', channel), messages: inChannel(channel, messages) };
}

/** Publishing events, with those who hear them. */
function publishing({ name, publishes }: ServiceDefinition, { topics, subscriptions }: Resources) {
  const topic = topics.find(({ owner }) => owner === name);
  if (!topic) return {};
  const consumers = subscriptions
    .filter((subscription) => subscription.topic === topic.name)
    .map(({ queue, filterPolicy }) => ({
      protocol: 'sqs',
      endpoint: { name: queue },
      filterPolicy,
      filterPolicyScope: 'MessageAttributes',
      rawMessageDelivery: true,
    }));
  const bindings = consumers.length === 0 ? {} : { bindings: { sns: { consumers, bindingVersion: '0.1.0' } } };
  return {
    [`${name}.publishes`]: { ...operation('send', topicKey(topic.name), publishes, `${name} publishes`), ...bindings },
  };
}

/** Sending commands to their owners' queues; a request with where its replies arrive. */
function sending(topology: Topology, { name, sends }: ServiceDefinition, { queues }: Resources) {
  return Object.fromEntries(
    sends.flatMap((command) => {
      const queue = queues.find(({ owner }) => owner === command.owner);
      if (!queue) return [];
      const sent = operation('send', queueKey(queue.name), [command], `${name} sends ${command.type}`);
      if (!isRequest(command)) return [[`${name}.sends.${command.type}`, sent]];
      const channel = replyKey(topology, name);
      const reply = {
        address: { location: '$message.header#/reply-to' },
        channel: reference('channels', channel),
        messages: inChannel(channel, [{ type: replyType(command.type) }]),
      };
      return [[`${name}.sends.${command.type}`, { ...sent, reply }]];
    }),
  );
}

function streamsOf({ services }: Topology): StreamDefinition[] {
  const all = services.flatMap(({ writes, reads }) => [...writes, ...reads]);
  return [...new Map(all.map((stream) => [stream.name, stream])).values()];
}
