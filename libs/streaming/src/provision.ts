import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  type KinesisClient,
  ResourceInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { provisionTable } from '@lethe/aws/provision';
import type { StreamResource } from '@lethe/topology';

const WAIT = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 2 } as const;

/** Creates the streams that are missing and waits until they are active. An existing stream is left as it is. */
export async function provisionStreams(streams: readonly StreamResource[], kinesis: KinesisClient): Promise<void> {
  for (const { name, shards } of streams) {
    try {
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
  await Promise.all(
    streams.map(({ name }) => waitUntilStreamExists({ client: kinesis, ...WAIT }, { StreamName: name })),
  );
}

/** Creates the lease table if it is missing, and waits until it is active. */
export async function provisionLeaseTable(table: string, dynamodb: DynamoDBClient): Promise<void> {
  await provisionTable({ name: table, partitionKey: 'leaseKey' }, dynamodb);
}
