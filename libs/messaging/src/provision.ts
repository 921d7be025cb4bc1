import { CreateTopicCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { type QueueResource, type Topology, resourcesOf } from '@lethe/topology';
import { sameValue } from './attribute-values.js';
import type { MessagingClients } from './clients.js';
import { DestinationError } from './messaging.errors.js';
import { reconcileSubscriptions } from './provision-subscriptions.js';
import { Semaphore } from './semaphore.js';

type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

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
      topics.map(({ name }) => permits.run(async () => [name, await createTopic(name, clients)] as const)),
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
          return [queue.name, await provisionQueue(queue, heard, clients)] as const;
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

/** Creates a topic, which SNS does at most once for a name. */
async function createTopic(name: string, { sns }: MessagingClients): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  if (TopicArn === undefined) throw new DestinationError(name, 'SNS gave no ARN');
  return TopicArn;
}

async function provisionQueue(
  queue: QueueResource,
  topics: readonly string[],
  clients: MessagingClients,
): Promise<string> {
  const deadLetterArn = await ensureQueue(
    queue.deadLetterQueue,
    { MessageRetentionPeriod: String(queue.deadLetterRetentionSeconds) },
    clients,
  );
  const arn = deadLetterArn.slice(0, -queue.deadLetterQueue.length) + queue.name;
  return ensureQueue(
    queue.name,
    {
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
