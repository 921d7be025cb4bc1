import { DescribeStreamSummaryCommand, type KinesisClient, ResourceNotFoundException } from '@aws-sdk/client-kinesis';
import { listShards } from '../consumer/leases/shards/list-shards.js';

/** How a stream stands. */
export interface StreamStatus {
  readonly name: string;
  /** `ACTIVE`, or `UPDATING` while it is resharded. */
  readonly status: string;
  readonly openShards: number;
  /** With those that a reshard has closed and whose records are still kept. */
  readonly shards: number;
  readonly retentionHours: number;
  /** Registered for enhanced fan-out. */
  readonly consumers: number;
}

/** Asks for a stream; nothing where there is none. Throws the SDK's errors. */
export async function describeStream(kinesis: KinesisClient, name: string): Promise<StreamStatus | undefined> {
  try {
    const { StreamDescriptionSummary: found } = await kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: name }),
    );
    return {
      name,
      status: found?.StreamStatus ?? 'unknown',
      openShards: found?.OpenShardCount ?? 0,
      shards: (await listShards(kinesis, name)).length,
      retentionHours: found?.RetentionPeriodHours ?? 24,
      consumers: found?.ConsumerCount ?? 0,
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
