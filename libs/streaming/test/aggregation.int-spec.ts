import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { aggregated } from './aggregated.js';
import { Seen, TestStream, range } from './test-stream.js';

describe('records that the KPL packed', () => {
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
  });
  afterEach(() => test.close());

  const pack = (from: number, to: number) =>
    test.clients.kinesis.send(
      new PutRecordCommand({
        StreamName: test.stream,
        PartitionKey: 'packed',
        Data: aggregated(
          range(from, to).map((n) => ({ partitionKey: 'a', data: JSON.stringify({ data: { key: 'a', n } }) })),
        ),
      }),
    );

  it('KIN-6: a worker that stops among them leaves its place, and the next goes on there', async () => {
    await pack(1, 5);
    await pack(6, 8);
    const first = new Seen();
    let stopped: Promise<void> | undefined;
    const { group } = test.group({
      batchSize: 2,
      handle: async (batch) => {
        await first.handle(batch);
        stopped = group.stop();
      },
    });

    await group.start();
    await eventually(() => expect(first.steps).toHaveLength(2));
    await stopped;
    const place = await test.lease(shard);
    expect(place['checkpoint']).toMatch(/^\d{20,}$/);
    expect(place['checkpointSubSequenceNumber']).toBe('1');

    const second = new Seen();
    const next = test.group({ batchSize: 2, handle: second.handle });
    await next.group.start();
    await eventually(() => expect(second.of('a')).toEqual(range(3, 8)));
    await eventually(async () => expect((await test.lease(shard))['checkpointSubSequenceNumber']).toBe('2'));
  });
});
