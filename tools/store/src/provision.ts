import {
  CreateStreamCommand,
  type KinesisClient,
  ResourceInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { failureQueues, store, storeBuckets, storeTables } from '@lethe/contracts';
import { provisionMessaging } from '@lethe/messaging/provision';
import { QUEUE_DEFAULTS, type StreamResource, resourcesOf } from '@lethe/topology';

/** Makes what the store owns in AWS and what is not there yet: queues, topics, streams, tables, buckets. */
export async function provisionStore(region: string): Promise<void> {
  const clients = createClients({ region });
  try {
    await Promise.all([
      provisionMessaging(store, clients),
      ...resourcesOf(store).streams.map((stream) => createStream(clients.kinesis, stream)),
      ...storeTables.map((table) => provisionTable(table, clients.dynamodb)),
      ...storeBuckets.map((bucket) => createBucket(clients.s3, bucket)),
      ...failureQueues.map((queue) => createFailureQueue(clients.sqs, queue)),
    ]);
  } finally {
    clients.close();
  }
}

async function createStream(kinesis: KinesisClient, { name, shards }: StreamResource): Promise<void> {
  try {
    await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 }, { StreamName: name });
}

async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

/** Keeps for a person what functions gave up, as long as a dead-letter queue does. */
async function createFailureQueue(sqs: SQSClient, name: string): Promise<void> {
  const MessageRetentionPeriod = String(QUEUE_DEFAULTS.deadLetterRetentionSeconds);
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { MessageRetentionPeriod } }));
}
