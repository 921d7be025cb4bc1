import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Timers, systemTimers } from '@lethe/kernel';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { BucketMapping } from './bucket/bucket-mapping.js';
import { type EventSourceContext } from './event-source-context.js';
import { Invoker } from './invocation/invoker.js';
import { AWS_PACE, type EventSourceMapping, type Pace } from './mapping.js';
import { QueueMapping } from './queue/queue-mapping.js';
import { ScheduleMapping } from './schedule/schedule-mapping.js';
import { StreamMapping } from './stream/stream-mapping.js';

/** Options of {@link startEventSources}. */
export interface EventSourcesOptions {
  readonly mappings: readonly EventSourceMapping[];
  /** Where functions are invoked: an endpoint with the Invoke API of Lambda. */
  readonly functionsUrl: string;
  /** Keeps checkpoints and what waits. One process at a time. */
  readonly stateDir: string;
  /** The variables by which the SDK finds SQS, Kinesis and S3: region, endpoints, credentials. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pace?: Partial<Pace>;
  readonly timers?: Timers;
  /** Told what went wrong and is tried again. */
  readonly onError: (mapping: string, error: unknown) => void;
}

/** Event sources at work. */
export interface EventSources {
  /** Begins nothing new, and resolves when what was begun has ended. */
  stop(): Promise<void>;
}

/**
 * Invokes functions for what happens in queues, streams and buckets and at set times, by the rules of Lambda's event
 * source mappings. Throws an EventSourceError for a time table that is none.
 */
export function startEventSources(options: EventSourcesOptions): EventSources {
  const { env, functionsUrl, stateDir, onError, timers = systemTimers } = options;
  const stopping = new AbortController();
  const made: Clients[] = [];
  const region = env['AWS_REGION'] ?? 'us-east-1';
  const accountId = env['AWS_ACCOUNT_ID'] ?? '000000000000';
  const queuesAt = env['AWS_ENDPOINT_URL_SQS'] ?? `https://sqs.${region}.amazonaws.com`;
  const queueUrl = (queue: string): string => `${queuesAt}/${accountId}/${queue}`;
  const contextOf = ({ sqs }: Clients): EventSourceContext => ({
    invoker: new Invoker(functionsUrl),
    pace: { ...AWS_PACE, ...options.pace },
    timers,
    stateDir,
    region,
    accountId,
    queueUrl,
    stopping: stopping.signal,
    onError,
    send: async (queue, body) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody: body }));
    },
  });
  const running = options.mappings
    .map((mapping) => {
      const clients = clientsOf(env, mapping.name);
      made.push(clients);
      return mappingOf(mapping, clients, contextOf(clients));
    })
    .map(({ name, work }) => work.run().catch((error: unknown) => onError(name, error)));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      for (const client of made.flatMap(({ sqs, kinesis, s3 }) => [sqs, kinesis, s3])) client.destroy();
    },
  };
}

interface Clients {
  readonly sqs: SQSClient;
  readonly kinesis: KinesisClient;
  readonly s3: S3Client;
}

/** Long polls hold a socket each. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/**
 * Clients that sign in the name of a function, as Lambda reads queues and streams in the function's role. Buckets tell of
 * their objects by themselves; listing them for want of that is nothing that a function does.
 */
function clientsOf(env: EventSourcesOptions['env'], functionName: string): Clients {
  const own = env['AWS_ACCESS_KEY_ID'] ?? '';
  const config = (endpoint: string | undefined, accessKeyId = functionName) => ({
    region: env['AWS_REGION'] ?? 'us-east-1',
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: { accessKeyId, secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
    maxAttempts: 2,
    // HTTP/1.1 for Kinesis too: the embedded one speaks nothing else.
    requestHandler: new NodeHttpHandler(TIMEOUTS),
  });
  return {
    sqs: new SQSClient(config(env['AWS_ENDPOINT_URL_SQS'])),
    kinesis: new KinesisClient(config(env['AWS_ENDPOINT_URL_KINESIS'])),
    s3: new S3Client({ ...config(env['AWS_ENDPOINT_URL_S3'], own), forcePathStyle: true }),
  };
}

interface NamedWork {
  readonly name: string;
  readonly work: { run(): Promise<void> };
}

function mappingOf(mapping: EventSourceMapping, { sqs, kinesis, s3 }: Clients, context: EventSourceContext): NamedWork {
  const { name, timeoutSeconds, source } = mapping;
  const about = { name, timeoutSeconds };
  if (source.type === 'queue') return { name, work: new QueueMapping({ ...about, source }, sqs, context) };
  if (source.type === 'stream') return { name, work: new StreamMapping({ ...about, source }, kinesis, context) };
  if (source.type === 'bucket') return { name, work: new BucketMapping({ ...about, source }, s3, context) };
  return { name, work: new ScheduleMapping({ ...about, source }, context) };
}
