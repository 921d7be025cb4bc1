import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
} from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createClients } from '@lethe/aws';
import { defineService, defineTopology } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { provisionMessaging } from '../src/provision.js';
import { ACCOUNT, Listen, REGION, Shouted, type Store, createStore, sender } from './store.fixture.js';

describe('provisionMessaging', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  const topicArn = () => `arn:aws:sns:${REGION}:${ACCOUNT}:${store.topology.name}-sender`;
  const subscriptions = async () => {
    const { Subscriptions = [] } = await store.clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn() }),
    );
    return Promise.all(
      Subscriptions.map(async ({ SubscriptionArn }) => {
        const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
        return { SubscriptionArn, ...(await store.clients.sns.send(command)).Attributes };
      }),
    );
  };
  const attributesOf = async (url: string | undefined) =>
    (await store.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })))
      .Attributes;

  it('R20: gives each queue a dead-letter queue that keeps messages longer, after at least three receives', async () => {
    const queue = await attributesOf(store.queueUrl);
    const dead = await attributesOf(store.deadLetterUrl);

    expect(JSON.parse(queue?.['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: dead?.['QueueArn'],
      maxReceiveCount: 8,
    });
    expect(queue).toMatchObject({ VisibilityTimeout: '30', MessageRetentionPeriod: '345600' });
    expect(dead).toMatchObject({ MessageRetentionPeriod: '1209600' });
  });

  it('lets only the topics that the queue listens to write to it', async () => {
    const { Statement } = JSON.parse((await attributesOf(store.queueUrl))?.['Policy'] ?? '') as {
      Statement: unknown[];
    };

    expect(Statement).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': [topicArn()] } },
      }),
    ]);
  });

  it('subscribes with raw delivery and a filter on the types that are handled', async () => {
    expect(await subscriptions()).toEqual([
      expect.objectContaining({
        Protocol: 'sqs',
        RawMessageDelivery: 'true',
        FilterPolicy: JSON.stringify({ type: [Shouted.type] }),
      }),
    ]);
  });

  it('changes nothing when it runs again, and is safe when run several times at once', async () => {
    const before = await subscriptions();
    const clients = createClients({ region: REGION });

    await Promise.all([1, 2, 3].map(() => provisionMessaging(store.topology, clients)));

    expect(await subscriptions()).toEqual(before);
    const calls = Object.keys(clients.calls.snapshot());
    expect(calls.filter((call) => /Set|CreateQueue|Subscribe$/.test(call))).toEqual([]);
    clients.close();
  });

  it('is safe when first run several times at once', async () => {
    const topology = defineTopology(`${store.topology.name}-twice`, store.topology.services);
    const clients = createClients({ region: REGION });

    await Promise.all([1, 2, 3].map(() => provisionMessaging(topology, clients)));

    const { Subscriptions } = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:${topology.name}-sender` }),
    );
    expect(Subscriptions).toHaveLength(1);
    clients.close();
  });

  it('puts right what was changed by hand', async () => {
    const [found] = await subscriptions();
    await store.clients.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: found?.SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"type":["something.else.v1"]}',
      }),
    );
    await store.clients.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: store.queueUrl, Attributes: { VisibilityTimeout: '7' } }),
    );

    await provisionMessaging(store.topology, store.clients);

    expect(await subscriptions()).toEqual([found]);
    expect(await attributesOf(store.queueUrl)).toMatchObject({ VisibilityTimeout: '30' });
  });

  it('ends the subscription of a queue that no longer listens', async () => {
    const receiver = defineService({ name: 'receiver', handles: [Listen] });
    const deaf = defineTopology(store.topology.name, [sender, receiver]);

    await provisionMessaging(deaf, store.clients);

    expect(await subscriptions()).toEqual([]);
  });
});
