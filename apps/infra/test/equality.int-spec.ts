import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetSubscriptionAttributesCommand, ListSubscriptionsCommand, ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClients } from '@lethe/aws';
import { provisionStore } from '@lethe/store';
import { Templates, written } from './templates.js';

const region = process.env['AWS_REGION'] ?? 'us-east-1';
const clients = createClients({ region });
const templates = new Templates('production');
const nameOf = (arn: string | undefined): string => arn?.split(/[:/]/).at(-1) ?? '';

interface QueueProperties {
  readonly QueueName: string;
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly MaximumMessageSize?: number;
  readonly FifoQueue?: boolean;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: unknown; readonly maxReceiveCount: number };
}
const queues = templates.all<QueueProperties>('AWS::SQS::Queue');
/** Those of the topology: alarms have one of their own. */
const topics = templates.all<{ TopicName: string }>('AWS::SNS::Topic').filter(({ stack }) => stack === 'messaging');
/** The queue or topic that an attribute such as `<lethecatalog1A2B.Arn>` is of. */
const referred = (value: unknown): string => {
  const id = written(value)
    .replace(/^<(.*)\.\w+>$/, '$1')
    .replace(/^<(.*)>$/, '$1');
  const queue = queues.find((one) => one.id === id)?.properties.QueueName;
  return queue ?? topics.find((one) => one.id === id)?.properties.TopicName ?? id;
};

describe('the template and the embedded cloud', () => {
  beforeAll(() => provisionStore(region));
  afterAll(() => clients.close());

  it('have the same queues, with the same times, sizes and redrive', async () => {
    const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'lethe-' }));
    const real = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const { Attributes = {} } = await clients.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const redrive: unknown = JSON.parse(Attributes.RedrivePolicy ?? 'null');
        const policy = redrive as { deadLetterTargetArn: string; maxReceiveCount: number } | null;
        return {
          name: nameOf(QueueUrl),
          visibility: Number(Attributes.VisibilityTimeout),
          retention: Number(Attributes.MessageRetentionPeriod),
          fifo: Attributes.FifoQueue === 'true',
          redrive: policy && `${nameOf(policy.deadLetterTargetArn)} after ${policy.maxReceiveCount}`,
        };
      }),
    );
    const declared = queues.map(({ properties: queue }) => ({
      name: queue.QueueName,
      visibility: queue.VisibilityTimeout ?? 30,
      retention: queue.MessageRetentionPeriod,
      fifo: queue.FifoQueue === true,
      redrive: queue.RedrivePolicy
        ? `${referred(queue.RedrivePolicy.deadLetterTargetArn)} after ${queue.RedrivePolicy.maxReceiveCount}`
        : null,
    }));
    expect(declared.toSorted(byName)).toEqual(real.toSorted(byName));
    expect(declared.length).toBeGreaterThan(10);
  });

  it('let the same topics write to the same queues, and no others', async () => {
    const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'lethe-' }));
    const real = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const { Attributes = {} } = await clients.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
        );
        const policy = JSON.parse(Attributes.Policy ?? '{"Statement":[]}') as PolicyDocument;
        return { name: nameOf(QueueUrl), writers: writersIn(policy, nameOf) };
      }),
    );
    const declared = templates
      .all<{ Queues: readonly unknown[]; PolicyDocument: PolicyDocument }>('AWS::SQS::QueuePolicy')
      .map(({ properties }) => ({
        name: referred(properties.Queues[0]).replace(/^.*\//, ''),
        writers: writersIn(properties.PolicyDocument, referred),
      }));
    expect(declared.filter(({ writers }) => writers.length > 0).toSorted(byName)).toEqual(
      real.filter(({ writers }) => writers.length > 0).toSorted(byName),
    );
  });

  it('have the same topics and subscriptions, raw, with the same filter policies', async () => {
    const { Topics = [] } = await clients.sns.send(new ListTopicsCommand({}));
    expect(topics.map(({ properties }) => properties.TopicName).sort()).toEqual(
      Topics.map(({ TopicArn }) => nameOf(TopicArn)).sort(),
    );
    const { Subscriptions = [] } = await clients.sns.send(new ListSubscriptionsCommand({}));
    const real = await Promise.all(
      Subscriptions.map(async ({ SubscriptionArn, TopicArn, Endpoint }) => {
        const { Attributes = {} } = await clients.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
        return {
          name: `${nameOf(TopicArn)} to ${nameOf(Endpoint)}`,
          raw: Attributes['RawMessageDelivery'] === 'true',
          filter: JSON.parse(Attributes['FilterPolicy'] ?? 'null') as unknown,
        };
      }),
    );
    const declared = templates
      .all<{ TopicArn: unknown; Endpoint: unknown; RawMessageDelivery: boolean; FilterPolicy: unknown }>(
        'AWS::SNS::Subscription',
      )
      .filter(({ stack }) => stack === 'messaging')
      .map(({ properties }) => ({
        name: `${referred(properties.TopicArn)} to ${referred(properties.Endpoint)}`,
        raw: properties.RawMessageDelivery,
        filter: properties.FilterPolicy,
      }));
    expect(declared.toSorted(byName)).toEqual(real.toSorted(byName));
  });

  it('have the same tables with the same keys', async () => {
    const { TableNames = [] } = await clients.dynamodb.send(new ListTablesCommand({}));
    const real = await Promise.all(
      TableNames.map(async (TableName) => {
        const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName }));
        return { name: TableName, key: Table?.KeySchema, types: Table?.AttributeDefinitions };
      }),
    );
    const declared = templates
      .all<{ TableName: string; KeySchema: unknown; AttributeDefinitions: unknown }>('AWS::DynamoDB::Table')
      .map(({ properties }) => ({
        name: properties.TableName,
        key: properties.KeySchema,
        types: properties.AttributeDefinitions,
      }));
    expect(declared.toSorted(byName)).toEqual(real.toSorted(byName));
  });

  it('have the same streams, and the same buckets but for the ends of their names', async () => {
    const { StreamNames = [] } = await clients.kinesis.send(new ListStreamsCommand({}));
    const streams = templates.all<{ Name: string }>('AWS::Kinesis::Stream').map(({ properties }) => properties.Name);
    expect(streams.sort()).toEqual(StreamNames.toSorted());
    const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}));
    const declared = templates
      .all<{ BucketName: unknown }>('AWS::S3::Bucket')
      .filter(({ stack }) => stack === 'data')
      .map(({ properties }) => written(properties.BucketName).replace(/-<AWS::AccountId>-.*/, ''))
      .filter((name) => name !== 'lethe-access-logs');
    expect(declared.sort()).toEqual(Buckets.map(({ Name }) => Name ?? '').sort());
  });
});

interface PolicyDocument {
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Condition?: { readonly ArnEquals?: { readonly 'aws:SourceArn': unknown } };
  }[];
}

function writersIn({ Statement }: PolicyDocument, name: (arn: string) => string): string[] {
  return Statement.flatMap(({ Condition }) => {
    const arns = Condition?.ArnEquals?.['aws:SourceArn'] ?? [];
    return (Array.isArray(arns) ? arns : [arns]).map((arn: string) => name(arn));
  }).sort();
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
