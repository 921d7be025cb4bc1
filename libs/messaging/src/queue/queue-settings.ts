import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';
import type { ConsumedQueue } from '../consumer/consumer.types.js';
import { queueUrlOf } from '../destinations.js';
import { DestinationError } from '../messaging.errors.js';

/** What a consumer knows of its queue. */
export interface QueueSettings {
  readonly name: string;
  readonly url: string;
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  /** Infinite where the queue has no dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly deadLetterQueue: string | undefined;
}

type Known = Pick<QueueSettings, 'visibilityTimeoutSeconds' | 'maxReceiveCount' | 'deadLetterQueue'>;

/** The visibility timeout of a queue that was made without one. Source: SetQueueAttributes. */
const DEFAULT_VISIBILITY_SECONDS = '30';

function redriveOf(policy: string | undefined): Pick<Known, 'maxReceiveCount' | 'deadLetterQueue'> {
  const parsed: unknown = policy === undefined ? undefined : JSON.parse(policy);
  const fields = new Map<string, unknown>(Object.entries(parsed ?? {}));
  const arn = fields.get('deadLetterTargetArn');
  if (typeof arn !== 'string') return { maxReceiveCount: Infinity, deadLetterQueue: undefined };
  return { maxReceiveCount: Number(fields.get('maxReceiveCount')), deadLetterQueue: arn.split(':').at(-1) };
}

async function attributesOf({ sqs }: MessagingClients, name: string, url: string): Promise<Known> {
  try {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['VisibilityTimeout', 'RedrivePolicy'] }),
    );
    const { VisibilityTimeout = DEFAULT_VISIBILITY_SECONDS, RedrivePolicy } = Attributes;
    return { visibilityTimeoutSeconds: Number(VisibilityTimeout), ...redriveOf(RedrivePolicy) };
  } catch (cause) {
    const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new DestinationError(name, `the attributes of the queue cannot be read: ${detail}`, { cause });
  }
}

/**
 * Asks SQS for what is not known of the queue. Throws a {@link DestinationError} where there is no such queue, or SQS
 * does not answer.
 */
export async function openQueue(queue: ConsumedQueue, clients: MessagingClients): Promise<QueueSettings> {
  const name = queue.name ?? queue.url?.split('/').at(-1);
  if (!name) throw new DestinationError('queue', 'has neither a name nor a URL');
  const url = queue.url ?? (await queueUrlOf(clients, name));
  const { visibilityTimeoutSeconds, maxReceiveCount, deadLetterQueue } = queue;
  const unknown = visibilityTimeoutSeconds === undefined || (maxReceiveCount ?? deadLetterQueue) === undefined;
  const asked = unknown ? await attributesOf(clients, name, url) : undefined;
  return {
    name,
    url,
    fifo: queue.fifo ?? name.endsWith('.fifo'),
    visibilityTimeoutSeconds:
      visibilityTimeoutSeconds ?? asked?.visibilityTimeoutSeconds ?? Number(DEFAULT_VISIBILITY_SECONDS),
    maxReceiveCount: maxReceiveCount ?? asked?.maxReceiveCount ?? Infinity,
    deadLetterQueue: deadLetterQueue ?? asked?.deadLetterQueue,
  };
}
