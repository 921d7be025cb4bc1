import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException as TableInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  type KinesisClient,
  ResourceInUseException as StreamInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import type { StreamResource } from '@lethe/topology';

const WAIT = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 2 } as const;

/** Creates the streams that are missing and waits until they are active. An existing stream is left as it is. */
export async function provisionStreams(streams: readonly StreamResource[], kinesis: KinesisClient): Promise<void> {
  for (const { name, shards } of streams) {
    try {
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
    } catch (error) {
      if (!(error instanceof StreamInUseException)) throw error;
    }
  }
  await Promise.all(
    streams.map(({ name }) => waitUntilStreamExists({ client: kinesis, ...WAIT }, { StreamName: name })),
  );
}

/** Creates the lease table if it is missing, billed on demand, and waits until it is active. */
export async function provisionLeaseTable(table: string, dynamodb: DynamoDBClient): Promise<void> {
  try {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'leaseKey', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  } catch (error) {
    if (!(error instanceof TableInUseException)) throw error;
  }
  await waitUntilTableExists({ client: dynamodb, ...WAIT }, { TableName: table });
}
