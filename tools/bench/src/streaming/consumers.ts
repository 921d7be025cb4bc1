import { setTimeout as pause } from 'node:timers/promises';
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { ConsumerGroup } from '@lethe/streaming';
import { userRecords } from '@lethe/streaming/codec';
import { defineStream } from '@lethe/topology';
import { z } from 'zod';
import { type BenchCloud, LEASES } from './bench-stream.js';
import { type LifionBatch, type LifionKinesis, lifionKinesis } from './peers.js';

/** What the records hold. */
const Visits = defineStream({
  owner: 'bench',
  name: 'visits',
  description: 'Records of 100 bytes.',
  data: z.object({ n: z.number(), p: z.string() }),
  partitionKey: ({ n }) => `visitor-${n}`,
  shards: 1,
});

/** Reads a stream from its beginning; tells how many records it got, until it is stopped. */
export type Consume = (
  cloud: BenchCloud,
  stream: string,
  run: string,
  got: (records: number) => void,
) => Promise<() => Promise<void> | void>;

/** GetRecords of the SDK as fast as it goes, a loop for each shard: no leases, no checkpoints, no pace. */
export const rawLoop: Consume = async ({ sdk }, StreamName, _, got) => {
  const { Shards = [] } = await sdk.send(new ListShardsCommand({ StreamName }));
  const stop = new AbortController();
  const read = async (ShardId: string | undefined): Promise<void> => {
    const start = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator } = await sdk.send(new GetShardIteratorCommand(start));
    while (ShardIterator !== undefined && !stop.signal.aborted) {
      const { Records = [], NextShardIterator } = await sdk.send(
        new GetRecordsCommand({ ShardIterator, Limit: 10_000 }),
      );
      got(Records.reduce((sum, record) => sum + userRecords(record).length, 0));
      ShardIterator = NextShardIterator;
    }
  };
  const loops = Shards.map(({ ShardId }) => read(ShardId));
  return async () => {
    stop.abort();
    await Promise.allSettled(loops);
  };
};

/** This library at its defaults, records checked against their schema. */
export const lethe: Consume = async ({ clients }, stream, application, got) => {
  const group = new ConsumerGroup({
    definition: Visits,
    stream,
    application,
    worker: 'bench',
    leaseTable: LEASES,
    clients,
    handle: async ({ records }) => got(records.length),
  });
  await group.start();
  return () => group.stop();
};

/** Its documented settings for throughput: no pause between polls, none where there was nothing. */
const TUNED = { pollDelay: 0, noRecordsPollDelay: 0, statsInterval: 600_000, leaseAcquisitionInterval: 1_000 };

/** Milliseconds in which calls that are under way end. */
const SETTLED_MS = 1_000;

const lifion =
  (settings: object): Consume =>
  async ({ env }, streamName, consumerGroup, got) => {
    const region = env['AWS_REGION'] ?? 'us-east-1';
    const Lifion = lifionKinesis();
    const consumer: LifionKinesis = new Lifion({
      streamName,
      consumerGroup,
      region,
      endpoint: env['AWS_ENDPOINT_URL_KINESIS'],
      dynamoDb: { region, endpoint: env['AWS_ENDPOINT_URL_DYNAMODB'], tableName: 'lifion' },
      createStreamIfNeeded: false,
      initialPositionInStream: 'TRIM_HORIZON',
      shouldDeaggregate: true,
      ...settings,
    });
    consumer.on('data', ({ records }: LifionBatch) => got(records.length));
    // Of the end of the stream.
    consumer.on('error', () => undefined);
    await consumer.startConsumer();
    return async () => {
      consumer.stopConsumer();
      // What is under way is not waited for, and begins anew: the polls until the stream is gone, the rest until it is told again.
      await pause(SETTLED_MS);
      consumer.stopConsumer();
    };
  };

export const lifionAtDefaults = lifion({});
export const lifionTuned = lifion(TUNED);
