import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';
import { queueUrlOf } from '../destinations.js';
import { DestinationError } from '../messaging.errors.js';

/** How full a queue is. SQS calls these numbers approximate. */
export interface Depth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A queue as an operator meets it. */
export interface OperatedQueue {
  readonly name: string;
  readonly url: string;
  readonly fifo: boolean;
  readonly depth: Depth;
  /** Where SQS moves what cannot be handled; absent in a dead-letter queue. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

/** A dead-letter queue, and the queue that its messages come from. */
export interface DeadLetterPair {
  readonly source: OperatedQueue;
  readonly deadLetters: OperatedQueue;
}

const ATTRIBUTES: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'RedrivePolicy',
];

/** Asks SQS for a queue. Throws a {@link DestinationError} where there is none. */
export async function openQueue(clients: MessagingClients, name: string): Promise<OperatedQueue> {
  const url = await queueUrlOf(clients, name);
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ATTRIBUTES }),
  );
  const redrive = redriveOf(name, Attributes.RedrivePolicy);
  return {
    name,
    url,
    fifo: name.endsWith('.fifo'),
    depth: {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    },
    ...(redrive && { redrive }),
  };
}

/** A queue with its dead-letter queue. Throws a {@link DestinationError} where there is no such queue, or it has none. */
export async function openDeadLetters(clients: MessagingClients, name: string): Promise<DeadLetterPair> {
  const source = await openQueue(clients, name);
  if (!source.redrive) throw new DestinationError(name, 'has no dead-letter queue');
  return { source, deadLetters: await openQueue(clients, source.redrive.deadLetterQueue) };
}

function redriveOf(name: string, policy: string | undefined): OperatedQueue['redrive'] {
  if (policy === undefined || policy === '') return undefined;
  const parsed: unknown = JSON.parse(policy);
  if (typeof parsed === 'object' && parsed !== null && 'deadLetterTargetArn' in parsed && 'maxReceiveCount' in parsed) {
    const arn = String(parsed.deadLetterTargetArn);
    return { deadLetterQueue: arn.slice(arn.lastIndexOf(':') + 1), maxReceiveCount: Number(parsed.maxReceiveCount) };
  }
  throw new DestinationError(name, `its redrive policy is not understood: ${policy}`);
}
