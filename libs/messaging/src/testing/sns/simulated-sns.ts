import type * as sns from '@aws-sdk/client-sns';
import { snsError } from '../wire/aws-errors.js';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';
import type { Operations } from '../wire/operations.js';
import { carryOutBatch } from '../sqs/batch.js';
import { type Publication, type SimulatedTopic, type Subscription, bytesOf } from './simulated-topic.js';
import type { Topics } from './topics.js';

const PAGE = 100;

function publicationOf(entry: Partial<sns.PublishBatchRequestEntry> | sns.PublishCommandInput): Publication {
  const { Message = '', Subject, MessageAttributes = {}, MessageGroupId, MessageDeduplicationId } = entry;
  return {
    message: Message,
    subject: Subject,
    attributes: { ...MessageAttributes },
    groupId: MessageGroupId,
    deduplicationId: MessageDeduplicationId,
  };
}

function page<T>(all: readonly T[], token = '0'): { readonly items: T[]; readonly NextToken?: string } {
  const from = Number(token);
  const items = all.slice(from, from + PAGE);
  return { items, ...(from + PAGE < all.length && { NextToken: String(from + PAGE) }) };
}

function shown({ arn, protocol, endpoint }: Subscription, { arn: topicArn }: SimulatedTopic): sns.Subscription {
  return { SubscriptionArn: arn, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn, Owner: 'simulated' };
}

/** The operations of the simulated SNS, by command. */
export function snsOperations(topics: Topics, faults: Faults, history: History): Operations {
  return {
    ...topicOperations(topics),
    ...subscriptionOperations(topics),
    PublishCommand: (input: sns.PublishCommandInput) => ({
      MessageId: topics.publish(topics.byArn(input.TopicArn), publicationOf(input)),
    }),
    PublishBatchCommand: ({ TopicArn, PublishBatchRequestEntries: entries = [] }: sns.PublishBatchCommandInput) => {
      const topic = topics.byArn(TopicArn);
      const bytes = entries.reduce((sum, entry) => sum + bytesOf(publicationOf(entry)), 0);
      if (bytes > topic.maxBytes)
        throw snsError('BatchRequestTooLong', 'The length of all the batch messages is too long');
      const options = { service: 'sns', operation: 'PublishBatch', resource: topic.name, faults, history } as const;
      return carryOutBatch(entries, options, (entry) => ({ MessageId: topics.publish(topic, publicationOf(entry)) }));
    },
  };
}

function topicOperations(topics: Topics): Operations {
  return {
    CreateTopicCommand: ({ Name = '', Attributes }: sns.CreateTopicCommandInput) => ({
      TopicArn: topics.create(Name, Attributes).arn,
    }),
    DeleteTopicCommand: ({ TopicArn = '' }: sns.DeleteTopicCommandInput) => {
      topics.delete(TopicArn);
      return {};
    },
    GetTopicAttributesCommand: ({ TopicArn }: sns.GetTopicAttributesCommandInput) => ({
      Attributes: { ...topics.byArn(TopicArn).attributes },
    }),
    SetTopicAttributesCommand: (input: sns.SetTopicAttributesCommandInput) => {
      const { TopicArn, AttributeName = '', AttributeValue = '' } = input;
      topics.byArn(TopicArn).change(AttributeName, AttributeValue);
      return {};
    },
    ListTopicsCommand: ({ NextToken: token }: sns.ListTopicsCommandInput) => {
      const { items, ...rest } = page(topics.all, token);
      return { Topics: items.map(({ arn: TopicArn }) => ({ TopicArn })), ...rest };
    },
  };
}

function subscriptionOperations(topics: Topics): Operations {
  return {
    SubscribeCommand: ({ TopicArn, Protocol = '', Endpoint = '', Attributes = {} }: sns.SubscribeCommandInput) => ({
      SubscriptionArn: topics.subscribe(topics.byArn(TopicArn), Protocol, Endpoint, { ...Attributes }).arn,
    }),
    UnsubscribeCommand: ({ SubscriptionArn = '' }: sns.UnsubscribeCommandInput) => {
      topics.subscriptionOf(SubscriptionArn).topic.subscriptions.delete(SubscriptionArn);
      return {};
    },
    ListSubscriptionsByTopicCommand: ({ TopicArn, NextToken: token }: sns.ListSubscriptionsByTopicCommandInput) => {
      const topic = topics.byArn(TopicArn);
      const { items, ...rest } = page([...topic.subscriptions.values()], token);
      return { Subscriptions: items.map((subscription) => shown(subscription, topic)), ...rest };
    },
    ListSubscriptionsCommand: ({ NextToken: token }: sns.ListSubscriptionsCommandInput) => {
      const all = topics.all.flatMap((topic) => [...topic.subscriptions.values()].map((one) => shown(one, topic)));
      const { items, ...rest } = page(all, token);
      return { Subscriptions: items, ...rest };
    },
    GetSubscriptionAttributesCommand: ({ SubscriptionArn }: sns.GetSubscriptionAttributesCommandInput) => {
      const { topic, subscription } = topics.subscriptionOf(SubscriptionArn);
      const { arn, protocol, endpoint, attributes } = subscription;
      const own = { SubscriptionArn: arn, TopicArn: topic.arn, Protocol: protocol, Endpoint: endpoint };
      return { Attributes: { RawMessageDelivery: 'false', ...attributes, ...own } };
    },
    SetSubscriptionAttributesCommand: (input: sns.SetSubscriptionAttributesCommandInput) => {
      const { SubscriptionArn, AttributeName = '', AttributeValue = '' } = input;
      const { subscription } = topics.subscriptionOf(SubscriptionArn);
      subscription.attributes = { ...subscription.attributes, [AttributeName]: AttributeValue };
      return {};
    },
  };
}
