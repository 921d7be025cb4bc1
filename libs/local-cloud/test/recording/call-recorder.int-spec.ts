import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ListQueuesCommand, SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readCalls, writeCalls } from '../../src/recording/call-book.js';
import { type CallRecorder, startCallRecorder } from '../../src/recording/call-recorder.js';

/** Of letters that are no hexadecimal digits: ids are what a recording leaves out of a name. */
const id = String(Date.now()).replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');
let recorder: CallRecorder;
let aws: Record<string, string>;

beforeAll(async () => {
  recorder = startCallRecorder({ accountId: '000000000000', partitionKeys: { [`carts-${id}`]: 'customer' } });
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('AWS_') && value !== undefined ? [[name, value] as const] : [],
  );
  aws = await recorder.observed(Object.fromEntries(given));
});

afterAll(() => recorder.stop());

/** As whoever has these credentials; the endpoint is given by the environment, as processes are given theirs. */
const as = (accessKeyId: string, endpoint: string) => ({
  region: aws['AWS_REGION'] ?? '',
  endpoint: aws[endpoint] ?? '',
  credentials: { accessKeyId, secretAccessKey: 'local' },
  requestHandler: new NodeHttpHandler(),
});

const recordedOf = (caller: string) =>
  recorder.calls().flatMap((call) => (call.caller === caller ? [{ ...call, caller: undefined }] : []));

describe('a recorder before the embedded AWS', () => {
  it('tells who sent to which queue, and names batches as IAM does', async () => {
    const sqs = new SQSClient(as('sender', 'AWS_ENDPOINT_URL_SQS'));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `jobs-${id}` }));
    for (const text of ['one', 'two'])
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: text }] }));
    await sqs.send(new ListQueuesCommand({}));
    sqs.destroy();

    const resource = `arn:aws:sqs:us-east-1:000000000000:jobs-${id}`;
    expect(recordedOf('sender')).toEqual([
      { action: 'sqs:CreateQueue', resource, calls: 1 },
      { action: 'sqs:ListQueues', resource: '*', calls: 1 },
      { action: 'sqs:SendMessage', resource, calls: 2 },
    ]);
  });

  it('gives URLs of queues that lead by the recorder, since the SDK sends to the host in them', async () => {
    const sqs = new SQSClient(as('another', 'AWS_ENDPOINT_URL_SQS'));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `urls-${id}` }));
    sqs.destroy();

    expect(new URL(QueueUrl).origin).toBe(aws['AWS_ENDPOINT_URL_SQS']);
  });

  it('tells what the keys of items begin with, of those that are read and of those that are put', async () => {
    const dynamodb = new DynamoDBClient(as('reader', 'AWS_ENDPOINT_URL_DYNAMODB'));
    const TableName = `carts-${id}`;
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'customer', AttributeType: 'S' }],
      }),
    );
    await dynamodb.send(new PutItemCommand({ TableName, Item: { a: { S: 'x' }, customer: { S: 'mail#123456' } } }));
    await dynamodb.send(new GetItemCommand({ TableName, Key: { customer: { S: 'mail#654321' } } }));
    dynamodb.destroy();

    const resource = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
    expect(recordedOf('reader')).toEqual([
      { action: 'dynamodb:CreateTable', resource, calls: 1 },
      { action: 'dynamodb:GetItem', resource, leadingKey: 'mail#{}', calls: 1 },
      { action: 'dynamodb:PutItem', resource, leadingKey: 'mail#{}', calls: 1 },
    ]);
  });

  it('knows the stream of an iterator', async () => {
    const kinesis = new KinesisClient(as('consumer', 'AWS_ENDPOINT_URL_KINESIS'));
    const StreamName = `clicks-${id}`;
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 10, minDelay: 0.1, maxDelay: 1 }, { StreamName });
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' }),
    );
    await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    kinesis.destroy();

    expect(recordedOf('consumer')).toContainEqual({
      action: 'kinesis:GetRecords',
      resource: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
      calls: 1,
    });
  });

  it('knows what S3 is asked for, and that one must be allowed to list in order to learn that something is missing', async () => {
    const s3 = new S3Client({ ...as('keeper', 'AWS_ENDPOINT_URL_S3'), forcePathStyle: true });
    const Bucket = `files-${id}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'in/2026/a.txt', Body: 'text' }));
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'out/b.txt' }))).rejects.toThrow(NoSuchKey);
    s3.destroy();

    expect(recordedOf('keeper')).toEqual([
      { action: 's3:CreateBucket', resource: `arn:aws:s3:::${Bucket}`, calls: 1 },
      { action: 's3:GetObject', resource: `arn:aws:s3:::${Bucket}/out/b.txt`, calls: 1 },
      { action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket}`, calls: 1 },
      { action: 's3:PutObject', resource: `arn:aws:s3:::${Bucket}/in/{}/a.txt`, calls: 1 },
    ]);
  });

  it('adds up what several runs have written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-calls-'));
    const call = { caller: 'lethe-orders', action: 'sns:Publish', resource: 'arn:aws:sns:us-east-1:0:lethe-orders' };
    try {
      writeCalls(folder, [{ ...call, calls: 2 }]);
      writeCalls(folder, [{ ...call, calls: 3 }]);

      expect(readCalls(folder)).toEqual([{ ...call, calls: 5 }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('will not give a recording that has a gap', async () => {
    const other = startCallRecorder({ accountId: '000000000000', partitionKeys: {} });
    const { AWS_ENDPOINT_URL_SQS: url = '' } = await other.observed({
      AWS_ENDPOINT_URL_SQS: process.env['AWS_ENDPOINT_URL_SQS'] ?? '',
    });
    const authorization = 'AWS4-HMAC-SHA256 Credential=me/20260101/us-east-1/unheard-of/aws4_request, Signature=0';
    await (await fetch(url, { method: 'POST', headers: { authorization }, body: '{}' })).text();

    expect(() => other.calls()).toThrow('of no kind that is known');
    await other.stop();
  });
});
