import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  ListSubscriptionsByTopicCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { SubscriptionResource } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import { DestinationError } from '../messaging.errors.js';
import { sameValue } from './attribute-values.js';

/**
 * Brings the subscriptions of one topic in line with the topology: creates, corrects, and ends those of the topology's
 * queues that no longer listen. Subscriptions of others stay as they are.
 */
export async function reconcileSubscriptions(
  topicArn: string,
  wanted: readonly SubscriptionResource[],
  queueArns: ReadonlyMap<string, string>,
  clients: MessagingClients,
): Promise<void> {
  const existing = await subscriptionsOf(topicArn, clients);
  const endpoints = new Map<string, SubscriptionResource>();
  for (const subscription of wanted) {
    const endpoint = queueArns.get(subscription.queue);
    if (endpoint === undefined) throw new DestinationError(subscription.queue, 'is subscribed, and is no queue');
    endpoints.set(endpoint, subscription);
  }
  for (const [endpoint, { filterPolicy }] of endpoints) {
    const attributes = { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify(filterPolicy) };
    const arn = existing.get(endpoint) ?? (await subscribe(topicArn, endpoint, attributes, clients));
    await correct(arn, attributes, clients);
  }
  const ours = new Set(queueArns.values());
  for (const [endpoint, arn] of existing) {
    if (ours.has(endpoint) && !endpoints.has(endpoint)) {
      await clients.sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    }
  }
}

/** The SQS subscriptions of a topic: ARN by endpoint. */
async function subscriptionsOf(topicArn: string, { sns }: MessagingClients): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let token: string | undefined;
  do {
    // Not the SDK's paginator: it takes no client but the SDK's own.
    const { Subscriptions = [], NextToken } = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
    );
    for (const { Protocol, Endpoint, SubscriptionArn } of Subscriptions) {
      if (Protocol === 'sqs' && Endpoint !== undefined && SubscriptionArn !== undefined)
        found.set(Endpoint, SubscriptionArn);
    }
    token = NextToken;
  } while (token !== undefined);
  return found;
}

/** With the attributes from the start: not one message slips through unfiltered or wrapped. */
async function subscribe(
  topicArn: string,
  endpoint: string,
  attributes: Record<string, string>,
  { sns }: MessagingClients,
): Promise<string> {
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: endpoint,
      Attributes: attributes,
      ReturnSubscriptionArn: true,
    }),
  );
  if (SubscriptionArn === undefined) throw new DestinationError(endpoint, `SNS gave no subscription to ${topicArn}`);
  return SubscriptionArn;
}

async function correct(arn: string, wanted: Record<string, string>, { sns }: MessagingClients): Promise<void> {
  const { Attributes: found = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
  for (const [name, value] of Object.entries(wanted)) {
    if (sameValue(found[name], value)) continue;
    await sns.send(
      new SetSubscriptionAttributesCommand({ SubscriptionArn: arn, AttributeName: name, AttributeValue: value }),
    );
  }
}
