import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ExpiredIteratorException,
  ProvisionedThroughputExceededException,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { eventually } from '@lethe/testing';
import type { Position } from '../../src/consumer/leases/checkpoint.js';
import { polling } from '../../src/consumer/reading/polling.js';
import { prefetched } from '../../src/consumer/reading/prefetched.js';
import { Aggregate } from '../../src/kpl/aggregate.js';
import { intercept } from '../faults.js';
import { TestStream, newClients } from '../test-stream.js';
import { ShardWatch } from './reading.fixture.js';

const texts = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `r${from + i}`);
/** As fast as it goes: what the limits do is shown in virtual time. */
const fast = polling({ idlePollMs: 1, limits: { readsPerSecond: 1_000, bytesPerSecond: 1e9 } });

describe('polling', () => {
  const { kinesis } = newClients();
  const open: ShardWatch[] = [];
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    [shard = ''] = await test.openShards();
  });
  afterEach(async () => {
    for (const watch of open.splice(0)) watch.close();
    await test.close();
  });

  function watch(from: Position = { kind: 'trim-horizon' }, shardId = shard, way = fast): ShardWatch {
    const made = new ShardWatch(way, { kinesis, stream: test.stream, shardId, from });
    open.push(made);
    return made;
  }

  async function put(...datas: readonly (string | Buffer | PutRecordsRequestEntry)[]): Promise<string[]> {
    const Records = datas.map((data) =>
      typeof data === 'string' || Buffer.isBuffer(data) ? { Data: Buffer.from(data), PartitionKey: 'key' } : data,
    );
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName: test.stream, Records }));
    return (answer.Records ?? []).map(({ SequenceNumber = '' }) => SequenceNumber);
  }

  it('begins where it is told, and goes on as records come', async () => {
    const numbers = await put(...texts(1, 6));
    const latest = watch({ kind: 'latest' });
    await latest.page();
    await put('r7');

    expect(await latest.until(1)).toEqual(['r7']);
    expect(await watch().until(7)).toEqual(texts(1, 7));
    expect(await watch({ kind: 'after', sequenceNumber: numbers[3] ?? '' }).until(3)).toEqual(texts(5, 7));
    expect(await watch({ kind: 'at-timestamp', at: new Date(0) }).until(7)).toEqual(texts(1, 7));
  });

  it('KIN-3: goes on after the last record read when an iterator expires', async () => {
    await put(...texts(1, 3));
    const shardWatch = watch();
    await shardWatch.until(3);
    const remove = intercept(kinesis, 'GetRecords', async () => {
      remove();
      throw new ExpiredIteratorException({ message: 'expired', $metadata: {} });
    });
    await put('r4');

    expect(await shardWatch.until(4)).toEqual(texts(1, 4));
    expect(shardWatch.count('iterator-expired')).toBe(1);
  });

  it('who began at the latest record, and read none, skips nothing when the iterator expires', async () => {
    const shardWatch = watch({ kind: 'latest' });
    await shardWatch.page();
    const remove = intercept(kinesis, 'GetRecords', async () => {
      remove();
      await put('r1');
      throw new ExpiredIteratorException({ message: 'expired', $metadata: {} });
    });

    expect(await shardWatch.until(1)).toEqual(['r1']);
  });

  it('R34: a read that is throttled, or fails, is made again and costs no record', async () => {
    await put(...texts(1, 5));
    const shardWatch = watch();
    let failures = 0;
    const remove = intercept(kinesis, 'GetRecords', async (input, send) => {
      failures += 1;
      if (failures === 1) throw new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
      if (failures === 2) throw new Error('the network');
      return send(input);
    });

    expect(await shardWatch.until(5)).toEqual(texts(1, 5));
    remove();
    expect(shardWatch.count('read-throttled')).toBe(1);
    expect(shardWatch.count('failed')).toBe(1);
  });

  it('KIN-5: a checkpoint that is no position in the shard is an error, and nothing is read from elsewhere', async () => {
    const shardWatch = watch({ kind: 'after', sequenceNumber: '7' });

    await expect(shardWatch.page()).rejects.toThrow(expect.objectContaining({ name: 'InvalidCheckpointError' }));
    expect(() => watch({ kind: 'end' })).toThrow(expect.objectContaining({ name: 'InvalidCheckpointError' }));
  });

  it('a stop in the middle of a read loses nothing: who goes on reads the same page', async () => {
    await put(...texts(1, 5));
    const shardWatch = watch();
    const stop = new AbortController();
    const remove = intercept(kinesis, 'GetRecords', async (input, send) => {
      stop.abort();
      remove();
      return send(input);
    });

    await shardWatch.page(stop.signal);
    expect(await shardWatch.until(5)).toEqual(texts(1, 5));
  });

  it('KIN-1: the last page says so, after a reshard; prefetched, too', async () => {
    await put(...texts(1, 3));
    await test.split(shard);
    for (const way of [fast, prefetched(fast)]) {
      const shardWatch = watch({ kind: 'trim-horizon' }, shard, way);
      await shardWatch.until(99);
      expect(shardWatch.records).toEqual(texts(1, 3));
      expect(shardWatch.pages.at(-1)?.last).toBe(true);
    }
  });

  it('KIN-6: goes on within packed records, and drops those that belong to another shard', async () => {
    await test.split(shard);
    const [left = '', right = ''] = await test.openShards();
    const low = '0';
    const high = String(2n ** 128n - 1n);
    const aggregate = new Aggregate();
    for (const [i, explicitHashKey] of [low, high, low, high, low].entries()) {
      aggregate.tryAdd({ partitionKey: `k${i}`, explicitHashKey, data: Buffer.from(`r${i}`) }, 50_000);
    }
    const Data = aggregate.pack();
    const [inLeft = ''] = await put({ Data, PartitionKey: 'a', ExplicitHashKey: low });
    await put({ Data, PartitionKey: 'a', ExplicitHashKey: high });

    const whole = watch({ kind: 'trim-horizon' }, left);
    expect(await whole.until(3)).toEqual(['r0', 'r2', 'r4']);
    expect(whole.events).toContainEqual({ type: 'out-of-range', shardId: left, records: 2 });
    expect(await watch({ kind: 'trim-horizon' }, right).until(2)).toEqual(['r1', 'r3']);
    const within = watch({ kind: 'after', sequenceNumber: inLeft, subSequenceNumber: 0 }, left);
    expect(await within.until(2)).toEqual(['r2', 'r4']);
    const done = watch({ kind: 'after', sequenceNumber: inLeft, subSequenceNumber: 4 }, left);
    await eventually(async () => expect((await done.page())?.millisBehindLatest).toBe(0));
    expect(done.records).toEqual([]);
  });
});
