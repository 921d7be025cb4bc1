import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, type CfnTopic, FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { SubscriptionResource, TopicResource } from '@lethe/topology';
import type { Construct } from 'constructs';

/** A topic, encrypted with the key of messages, published to over TLS only (S52). */
export function addTopic(scope: Construct, { name, fifo, maxMessageBytes }: TopicResource, key: IKey): Topic {
  const topic = new Topic(scope, `topic-${name}`, {
    topicName: name,
    masterKey: key,
    enforceSSL: true,
    ...(fifo
      ? { fifo: true, contentBasedDeduplication: false, fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP }
      : {}),
  });
  if (maxMessageBytes !== undefined)
    (topic.node.defaultChild as CfnTopic).addPropertyOverride('MaximumMessageSize', maxMessageBytes);
  return topic;
}

/** Raw delivery, filtered on the attribute `type`. */
export function addSubscription(
  scope: Construct,
  { topic: topicName, queue: queueName, filterPolicy }: SubscriptionResource,
  { topic, queue }: { readonly topic: Topic; readonly queue: Queue },
): void {
  new CfnSubscription(scope, `${topicName}-to-${queueName}`, {
    topicArn: topic.topicArn,
    endpoint: queue.queueArn,
    protocol: 'sqs',
    rawMessageDelivery: true,
    filterPolicy,
    filterPolicyScope: 'MessageAttributes',
  });
}
