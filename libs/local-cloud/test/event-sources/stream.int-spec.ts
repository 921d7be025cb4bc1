import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateStreamCommand,
  PutRecordsCommand,
  SplitShardCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { eventually, recorder } from '@lethe/testing';
import type { StreamSource } from '@lethe/topology';
import { Rig } from './rig.js';

interface StreamEvent {
  readonly Records: readonly {
    readonly eventID: string;
    readonly kinesis: { readonly data: string; readonly sequenceNumber: string; readonly partitionKey: string };
  }[];
}
const textsOf = (event: unknown) =>
  (event as StreamEvent).Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
const failureAt = (event: unknown, text: string) => {
  const { Records } = event as StreamEvent;
  const failed = Records[textsOf(event).indexOf(text)];
  return { batchItemFailures: failed ? [{ itemIdentifier: failed.kinesis.sequenceNumber }] : [] };
};

describe('a stream and its function', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  async function source(changes: Partial<StreamSource> = {}, shards = 1): Promise<StreamSource> {
    const stream = `s-${randomUUID()}`;
    await rig.kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
    const waiting = { client: rig.kinesis, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 };
    await waitUntilStreamExists(waiting, { StreamName: stream });
    return {
      type: 'stream',
      stream,
      batchSize: 10,
      batchingWindowSeconds: 0,
      parallelizationFactor: 1,
      maximumRetryAttempts: 1,
      maximumRecordAgeSeconds: -1,
      bisectBatchOnFunctionError: true,
      onFailureQueue: await rig.queue(),
      ...changes,
    };
  }
  async function put({ stream }: StreamSource, texts: readonly string[], key = () => 'key'): Promise<void> {
    const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: key() }));
    await rig.kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
  }

  it('hands records over as Lambda does, in order', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const from = await source({ batchSize: 2 });
    await put(from, ['1', '2', '3']);

    rig.map(from, 'fn');

    const [[event] = [], [rest] = []] = await invoked.next(2);
    expect(event).toMatchObject({
      Records: [
        {
          eventID: expect.stringMatching(/^shardId-000000000000:\d+$/),
          eventSource: 'aws:kinesis',
          eventName: 'aws:kinesis:record',
          eventSourceARN: expect.stringContaining(`stream/${from.stream}`),
          kinesis: { partitionKey: 'key', approximateArrivalTimestamp: expect.any(Number) },
        },
        {},
      ],
    });
    expect([...textsOf(event), ...textsOf(rest)]).toEqual(['1', '2', '3']);
  });

  it('R19 R23: isolates a poison record, tells where it lies, and loses none of the others', async () => {
    const invoked = recorder((event: unknown) => failureAt(event, 'poison'));
    rig.functions.behaviour = invoked;
    const from = await source();
    await put(from, ['1', '2', 'poison', '3', '4']);

    rig.map(from, 'fn');

    const report = await rig.reportIn(from.onFailureQueue);
    const poison = invoked.calls.map(([event]) => event as StreamEvent).find((event) => textsOf(event)[0] === 'poison');
    const { sequenceNumber } = poison?.Records[0]?.kinesis ?? {};
    expect(report).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetryAttemptsExhausted', functionArn: expect.stringMatching(/:function:fn$/) },
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        batchSize: 1,
        streamArn: expect.stringContaining(from.stream),
      },
    });
    expect(JSON.stringify(report)).not.toContain(Buffer.from('poison').toString('base64'));
    await eventually(() => expect(invoked.calls.map(([event]) => textsOf(event)).at(-1)).toContain('4'));
  });

  it('R23: goes on at its checkpoint after a restart, and repeats nothing that was done', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const from = await source();
    await put(from, ['1', '2']);
    const first = rig.map(from, 'fn');
    await invoked.next();
    await first.stop();
    await put(from, ['3']);

    rig.map(from, 'fn');

    const [[event] = []] = await invoked.next();
    expect(textsOf(event)).toEqual(['3']);
  });

  it('R23: delivers again what was not done when it stopped', async () => {
    let broken = true;
    const invoked = recorder((_event: unknown) => {
      if (broken) throw new Error('not now');
      return {};
    });
    rig.functions.behaviour = invoked;
    const from = await source({ maximumRetryAttempts: -1, bisectBatchOnFunctionError: false });
    await put(from, ['1', '2']);
    const first = rig.map(from, 'fn');
    await invoked.next(2);
    await first.stop();
    broken = false;
    const before = invoked.calls.length;

    rig.map(from, 'fn');

    await eventually(() => expect(invoked.calls.length).toBe(before + 1));
    expect(textsOf(invoked.calls.at(-1)?.[0])).toEqual(['1', '2']);
  });

  it('waits for a function that is not there, and gives nothing up', async () => {
    const invoked = recorder((_event: unknown) => ({}));
    rig.functions.behaviour = invoked;
    rig.functions.refusal = 503;
    const from = await source({ maximumRetryAttempts: 0 });
    await put(from, ['1']);
    rig.map(from, 'fn');

    await rig.errors.next(3);
    rig.functions.refusal = undefined;

    await invoked.next();
    expect(await rig.depthOf(from.onFailureQueue)).toBe(0);
  });

  it('R23: reads children after their parent, and every record once', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const from = await source();
    await put(from, ['before']);
    await rig.kinesis.send(
      new SplitShardCommand({
        StreamName: from.stream,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: '170141183460469231731687303715884105728',
      }),
    );
    const waiting = { client: rig.kinesis, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 };
    await waitUntilStreamExists(waiting, { StreamName: from.stream });
    await put(from, ['after-1', 'after-2', 'after-3', 'after-4'], randomUUID);

    rig.map(from, 'fn');

    const seen = () => invoked.calls.flatMap(([event]) => textsOf(event));
    await eventually(() => expect(seen()).toHaveLength(5));
    expect(seen()[0]).toBe('before');
    expect(seen().toSorted()).toEqual(['after-1', 'after-2', 'after-3', 'after-4', 'before']);
  });

  it('delivers batches of one shard side by side, in order per key', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const from = await source({ parallelizationFactor: 4, batchSize: 5 });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    let next = 0;
    const texts = Array.from({ length: 18 }, (_, index) => `${keys[index % 6]}${Math.floor(index / 6)}`);
    await put(from, texts, () => keys[next++ % 6] ?? '');

    rig.map(from, 'fn');

    const seen = () => invoked.calls.flatMap(([event]) => textsOf(event));
    await eventually(() => expect(seen()).toHaveLength(18));
    for (const key of keys)
      expect(seen().filter((text) => text.startsWith(key))).toEqual([`${key}0`, `${key}1`, `${key}2`]);
    expect(invoked.calls.length).toBeGreaterThan(3);
  });
});
