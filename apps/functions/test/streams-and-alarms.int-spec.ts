import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateQueueCommand, PurgeQueueCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type EnrichedClick, EnrichedClicks } from '@lethe/contracts';
import { decodeRecord } from '@lethe/streaming/codec';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { queueDepths } from '../src/alarms/queue-depths.js';
import { RaisedAlarms } from '../src/alarms/raised-alarms.js';
import { enrichedClicksWriter } from '../src/enrichment/enriched-clicks-writer.js';

const soon = { maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 };

describe('the stream of enriched clicks', () => {
  const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() });
  afterAll(() => kinesis.destroy());

  it('R23: holds clicks in the order of their session, as its declaration says', async () => {
    const StreamName = `enriched-${randomUUID()}`;
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client: kinesis, ...soon }, { StreamName });
    const clicks = ['1', '2', '3'].map((id): EnrichedClick => {
      const product = { sku: 'L-1', category: 'lighting' };
      return { id, type: 'view', at: '2026-11-23T16:00:00Z', sessionId: 's', product };
    });

    expect(await enrichedClicksWriter(kinesis, StreamName)(clicks)).toEqual([true, true, true]);

    const where = { ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' as const };
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ...where }));
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    const read = Records.map(({ Data = new Uint8Array() }) => decodeRecord(EnrichedClicks, Data).data);
    expect(read).toEqual(clicks);
    expect(Records.map(({ PartitionKey }) => PartitionKey)).toEqual(['s', 's', 's']);
  });
});

describe('what the watch over dead-letter queues sees and remembers', () => {
  const sqs = new SQSClient({});
  const dynamodb = new DynamoDBClient({});
  const TableName = `notes-${randomUUID()}`;
  beforeAll(async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await waitUntilTableExists({ client: dynamodb, ...soon }, { TableName });
  });
  afterAll(() => {
    sqs.destroy();
    dynamodb.destroy();
  });

  it('R20: counts the messages of a queue, and none of a queue that was never made', async () => {
    const [full, missing] = [`dlq-${randomUUID()}`, `dlq-${randomUUID()}`];
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: full }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'lost' }));

    expect(await queueDepths(sqs, [full, missing])).toEqual([
      { queue: full, messages: 1 },
      { queue: missing, messages: 0 },
    ]);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await queueDepths(sqs, [full])).toEqual([{ queue: full, messages: 0 }]);
  });

  it('R20: is kept outside of the process', async () => {
    await new RaisedAlarms(dynamodb, TableName).add('a-dlq');

    const another = new RaisedAlarms(dynamodb, TableName);
    expect(await another.list(['a-dlq', 'b-dlq'])).toEqual(new Set(['a-dlq']));
    await another.remove('a-dlq');
    expect(await another.list(['a-dlq'])).toEqual(new Set());
  });
});
