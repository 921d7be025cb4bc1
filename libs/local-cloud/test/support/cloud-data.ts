import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Client } from 'pg';

type Env = Readonly<Record<string, string>>;

function clientsOf(env: Env) {
  const at = (service: string) => ({
    region: env['AWS_REGION'] ?? '',
    endpoint: env[`AWS_ENDPOINT_URL_${service}`] ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    sqs: new SQSClient(at('SQS')),
    s3: new S3Client({ ...at('S3'), forcePathStyle: true }),
    dynamodb: new DynamoDBClient(at('DYNAMODB')),
    kinesis: new KinesisClient({ ...at('KINESIS'), requestHandler: new NodeHttpHandler() }),
  };
}

async function query(env: Env, ...texts: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: env['LETHE_POSTGRES_URL'] });
  await client.connect();
  const results = [];
  for (const text of texts) results.push(await client.query(text));
  await client.end();
  return results.at(-1)?.rows ?? [];
}

/** Writes one thing into every service; all of it is acknowledged when this settles. */
export async function writeEverywhere(env: Env, mark: string): Promise<void> {
  const { sqs, s3, dynamodb, kinesis } = clientsOf(env);
  await query(env, 'CREATE TABLE IF NOT EXISTS marks (mark text)', `INSERT INTO marks VALUES ('${mark}')`);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: mark }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: mark }));
  await s3.send(new CreateBucketCommand({ Bucket: mark }));
  await s3.send(new PutObjectCommand({ Bucket: mark, Key: 'a/b', Body: mark }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName: mark,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  await dynamodb.send(new PutItemCommand({ TableName: mark, Item: { id: { S: mark } } }));
  await kinesis.send(new CreateStreamCommand({ StreamName: mark, ShardCount: 1 }));
  await kinesis.send(new PutRecordCommand({ StreamName: mark, PartitionKey: mark, Data: Buffer.from(mark) }));
}

/** Reads it back, service by service. */
export async function readEverywhere(env: Env, mark: string): Promise<Record<string, string | undefined>> {
  const { sqs, s3, dynamodb, kinesis } = clientsOf(env);
  const rows = await query(env, `SELECT mark FROM marks WHERE mark = '${mark}'`);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: mark }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  const object = await s3.send(new GetObjectCommand({ Bucket: mark, Key: 'a/b' }));
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: mark, Key: { id: { S: mark } } }));
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: mark,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return {
    row: (rows[0] as { mark: string } | undefined)?.mark,
    message: Messages?.[0]?.Body,
    queue: new URL(QueueUrl ?? '').origin,
    object: await object.Body?.transformToString(),
    item: Item?.['id']?.S,
    record: Buffer.from(Records?.[0]?.Data ?? []).toString(),
  };
}
