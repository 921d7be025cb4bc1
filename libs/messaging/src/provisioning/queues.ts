import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { QueueResource } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import { DestinationError } from '../messaging.errors.js';
import { sameValue } from './attribute-values.js';

type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

/**
 * What both queues of a service are. They take what SQS takes at most: a topic may let larger messages through than SQS
 * once did. FIFO queues keep ids and throughput by group, the high-throughput mode of SQS.
 */
function kindOf({ fifo }: QueueResource): QueueAttributes {
  return {
    MaximumMessageSize: '1048576',
    ...(fifo && {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    }),
  };
}

/** The queue and its dead-letter queue. Gives the ARN of the former. */
export async function ensureQueues(
  queue: QueueResource,
  topics: readonly string[],
  clients: MessagingClients,
): Promise<string> {
  const kind = kindOf(queue);
  const deadLetterArn = await ensureQueue(
    queue.deadLetterQueue,
    { ...kind, MessageRetentionPeriod: String(queue.deadLetterRetentionSeconds) },
    clients,
  );
  const arn = deadLetterArn.slice(0, -queue.deadLetterQueue.length) + queue.name;
  return ensureQueue(
    queue.name,
    {
      ...kind,
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetterArn,
        maxReceiveCount: queue.maxReceiveCount,
      }),
      ...(topics.length > 0 ? { Policy: JSON.stringify(queuePolicy(arn, topics)) } : {}),
    },
    clients,
  );
}

/** Only SNS, and only for the topics that the queue listens to (the confused-deputy condition of the SNS guide). */
function queuePolicy(queueArn: string, topicArns: readonly string[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TopicsOfTheTopology',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ],
  };
}

/** Creates the queue with these attributes, or sets those that differ on the one there is. Returns its ARN. */
async function ensureQueue(name: string, wanted: QueueAttributes, { sqs }: MessagingClients): Promise<string> {
  const url = (await findQueue(name, sqs)) ?? (await createQueue(name, wanted, sqs));
  const { Attributes: found = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const differing = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => !sameValue(found[key as QueueAttributeName], value)),
  );
  if (Object.keys(differing).length > 0) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: differing }));
  }
  if (found.QueueArn === undefined) throw new DestinationError(name, 'SQS gave no ARN');
  return found.QueueArn;
}

async function findQueue(name: string, sqs: MessagingClients['sqs']): Promise<string | undefined> {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

/** Creates a queue. One that another process made meanwhile with the same attributes is the same to SQS. */
async function createQueue(name: string, attributes: QueueAttributes, sqs: MessagingClients['sqs']): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  if (QueueUrl === undefined) throw new DestinationError(name, 'SQS gave no URL');
  return QueueUrl;
}
