import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps, DeduplicationScope, FifoThroughputLimit } from 'aws-cdk-lib/aws-sqs';
import { failureQueues } from '@lethe/contracts';
import { QUEUE_DEFAULTS, type QueueResource } from '@lethe/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';

/** What SQS takes at most: a topic may let larger messages through than SQS once did. */
const MAX_MESSAGE_BYTES = 1_048_576;

function kindOf(fifo: boolean): QueueProps {
  return fifo
    ? {
        fifo: true,
        contentBasedDeduplication: false,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }
    : {};
}

/** Encrypted with the key of messages, reached over TLS only (S52). */
function closed(key: IKey): QueueProps {
  return { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true };
}

/** A queue and its dead-letter queue, which takes from no other queue. Gives the former. */
export function addQueue(scope: Construct, queue: QueueResource, key: IKey): Queue {
  const deadLetters = new Queue(scope, queue.deadLetterQueue, {
    ...closed(key),
    ...kindOf(queue.fifo),
    queueName: queue.deadLetterQueue,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    retentionPeriod: Duration.seconds(queue.deadLetterRetentionSeconds),
  });
  return new Queue(scope, queue.name, {
    ...closed(key),
    ...kindOf(queue.fifo),
    queueName: queue.name,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    visibilityTimeout: Duration.seconds(queue.visibilityTimeoutSeconds),
    retentionPeriod: Duration.seconds(queue.retentionSeconds),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: queue.maxReceiveCount },
  });
}

/** Only SNS, and only for the topics that the queue listens to (the confused-deputy condition of the SNS guide). */
export function letTopicsWrite(queue: Queue, topicArns: readonly string[]): void {
  if (topicArns.length === 0) return;
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'TopicsOfTheTopology',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': topicArns } },
    }),
  );
}

/** The queues to which functions report what they gave up: they are looked at by people. */
export function addFailureQueues(scope: Construct, key: IKey): void {
  for (const queueName of failureQueues) {
    const queue = new Queue(scope, queueName, {
      ...closed(key),
      queueName,
      retentionPeriod: Duration.seconds(QUEUE_DEFAULTS.deadLetterRetentionSeconds),
    });
    acknowledge(queue, ['AwsSolutions-SQS3'], 'It is the end of a line itself: nothing but people reads it.');
  }
}
