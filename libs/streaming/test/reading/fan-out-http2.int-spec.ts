import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { eventually } from '@lethe/testing';
import fc from 'fast-check';
import type { Position } from '../../src/consumer/leases/checkpoint.js';
import { fanOut } from '../../src/consumer/reading/fan-out/fan-out.js';
import { prefetched } from '../../src/consumer/reading/prefetched.js';
import { Http2Kinesis } from './http2-kinesis.js';
import { ShardWatch, clientOf } from './reading.fixture.js';
import { scaledTimers } from './scaled-timers.js';

const texts = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `r${from + i}`);

describe('fanOut over HTTP/2', () => {
  // A hundred seconds pass in one.
  const timers = scaledTimers(100);
  let kinesis: Http2Kinesis;
  let client: KinesisClient;
  const open: ShardWatch[] = [];
  beforeEach(async () => {
    kinesis = await Http2Kinesis.start(timers);
    client = clientOf(kinesis.url);
  });
  afterEach(async () => {
    for (const watch of open.splice(0)) watch.close();
    client.destroy();
    await kinesis.close();
  });

  // Patient, since a busy machine is not a silent Kinesis.
  const way = fanOut({ consumerArn: 'arn:consumer', timers, silenceMs: 2_000_000 });
  function watch(from: Position = { kind: 'trim-horizon' }, by = way): ShardWatch {
    const made = new ShardWatch(by, { kinesis: client, from });
    open.push(made);
    return made;
  }

  it('is pushed the records of the shard, in their order and as they come, over one connection', async () => {
    kinesis.put(...texts(1, 25));
    const shard = watch();

    expect(await shard.until(25)).toEqual(texts(1, 25));
    kinesis.put(...texts(26, 30));
    expect(await shard.until(30)).toEqual(texts(1, 30));

    expect(kinesis.asked).toEqual([
      { ConsumerARN: 'arn:consumer', ShardId: 'shardId-000000000000', StartingPosition: { Type: 'TRIM_HORIZON' } },
    ]);
    expect(kinesis.connections).toBe(1);
    expect(shard.pages.map(({ millisBehindLatest }) => millisBehindLatest)).toEqual([15_000, 5_000, 0, 0]);
  });

  it('subscribes again after five minutes, where the last event said, and neither loses nor repeats a record', async () => {
    kinesis.put(...texts(1, 10));
    const shard = watch();
    await shard.until(10);

    kinesis.expire();
    kinesis.put(...texts(11, 20));
    expect(await shard.until(20)).toEqual(texts(1, 20));

    expect(kinesis.asked[1]?.StartingPosition.Type).toBe('AFTER_SEQUENCE_NUMBER');
    expect(kinesis.refused).toBe(0);
    expect(shard.events).toContainEqual({ type: 'unsubscribed', shardId: 'shardId-000000000000', why: 'over' });
  });

  it('a connection that breaks costs no record', async () => {
    kinesis.put(...texts(1, 10));
    const shard = watch();
    await shard.until(10);

    kinesis.cutConnections();
    kinesis.put(...texts(11, 20));
    expect(await shard.until(20)).toEqual(texts(1, 20));

    expect(kinesis.refused).toBe(0);
  });

  it('R23: whatever breaks and wherever, every record comes once and in its order', async () => {
    const breaks = fc.constantFrom('expire', 'cut', 'fail');
    const plan = fc.array(fc.record({ records: fc.integer({ min: 0, max: 12 }), breaks }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), async (steps, eventSize) => {
        const fast = scaledTimers(2_000);
        const server = await Http2Kinesis.start(fast);
        const subscriber = clientOf(server.url);
        const quick = fanOut({ consumerArn: 'arn:consumer', timers: fast, silenceMs: 40_000_000 });
        const shard = new ShardWatch(quick, { kinesis: subscriber });
        server.eventSize = eventSize;
        const all: string[] = [];
        for (const { records, breaks: how } of steps) {
          const more = texts(all.length + 1, all.length + records);
          all.push(...more);
          server.put(...more);
          await shard.until(Math.max(0, all.length - eventSize));
          if (how === 'expire') server.expire();
          if (how === 'cut') server.cutConnections();
          if (how === 'fail') server.fail('InternalFailureException');
        }
        server.end('child');
        while (shard.pages.at(-1)?.last !== true) await shard.page();
        shard.close();
        subscriber.destroy();
        await server.close();

        expect(shard.records).toEqual(all);
      }),
      { numRuns: 10 },
    );
  }, 15_000);

  it.each(['InternalFailureException', 'KMSThrottlingException', 'SomethingNewException'])(
    'goes on after a %s among the events',
    async (type) => {
      kinesis.put(...texts(1, 5));
      const shard = watch();
      await shard.until(5);

      kinesis.fail(type);
      kinesis.put(...texts(6, 10));
      expect(await shard.until(10)).toEqual(texts(1, 10));

      const error = expect.objectContaining({ name: type });
      expect(shard.events).toContainEqual({ type: 'failed', what: 'read', shardId: 'shardId-000000000000', error });
    },
  );

  it('gives up a subscription from which nothing comes, and takes another', async () => {
    kinesis.isSilent = true;
    const shard = watch({ kind: 'trim-horizon' }, fanOut({ consumerArn: 'arn:consumer', timers }));
    const reading = shard.until(1);
    await eventually(() => expect(kinesis.asked).toHaveLength(1));

    await eventually(() => expect(shard.count('failed')).toBe(1));
    kinesis.isSilent = false;
    kinesis.put('late');

    expect(await reading).toEqual(['late']);
    const error = expect.objectContaining({ name: 'SilentSubscriptionError', silenceMs: 35_000 });
    expect(shard.events).toContainEqual({ type: 'failed', what: 'read', shardId: 'shardId-000000000000', error });
  });

  it('R28: who is put out by another subscriber does not take the shard back within five seconds', async () => {
    const shard = watch();
    await shard.page();
    const reading = shard.until(1);

    const before = timers.monotonic();
    kinesis.takeOver();
    await eventually(() => expect(shard.count('failed')).toBe(1));
    kinesis.put('after');
    await reading;

    expect(timers.monotonic() - before).toBeGreaterThanOrEqual(5_000);
    expect(kinesis.refused).toBe(0);
  });

  it('KIN-1: ends with the shard, of which its children tell', async () => {
    kinesis.put(...texts(1, 3));
    const shard = watch();
    await shard.until(3);
    expect(shard.pages.at(-1)?.last).toBe(false);

    kinesis.end('left', 'right');
    await shard.until(4);

    expect(shard.pages.at(-1)).toMatchObject({ records: [], last: true });
    expect(shard.records).toEqual(texts(1, 3));
  });

  it('begins where it is told', async () => {
    const numbers = kinesis.put(...texts(1, 9));
    const latest = watch({ kind: 'latest' });
    await latest.page();
    kinesis.put('r10');
    expect(await latest.until(1)).toEqual(['r10']);
    latest.close();

    const after = watch({ kind: 'after', sequenceNumber: numbers[7] ?? '' });
    expect(await after.until(2)).toEqual(['r9', 'r10']);
    after.close();

    const since = watch({ kind: 'at-timestamp', at: new Date(1_700_000_006_000) });
    expect(await since.until(4)).toEqual(texts(7, 10));
  });

  it('KIN-5: a checkpoint that is no position in the shard is an error, and nothing is read from elsewhere', async () => {
    kinesis.put('r1');
    const shard = watch({ kind: 'after', sequenceNumber: '7' });

    await expect(shard.page()).rejects.toThrow(expect.objectContaining({ name: 'InvalidCheckpointError' }));
    expect(shard.count('subscribed')).toBe(0);
  });

  it('an event that comes while one stops waiting is kept for whoever goes on', async () => {
    const shard = watch();
    await shard.page();
    const stop = new AbortController();
    const waiting = shard.page(stop.signal);
    stop.abort();
    expect(await waiting).toBeUndefined();

    kinesis.put('r1');
    expect(await shard.until(1)).toEqual(['r1']);
    expect(kinesis.asked).toHaveLength(1);
  });

  it('R11: is not pushed more than the handler can take', async () => {
    kinesis.eventSize = 1;
    const large = Buffer.alloc(40_000, 'x');
    kinesis.putBytes(...Array.from({ length: 50 }, () => large));
    const shard = watch({ kind: 'trim-horizon' }, prefetched(way, { maxBytes: 200_000 }));

    await shard.page();
    const heap = process.memoryUsage().arrayBuffers;
    await eventually(() => expect(shard.count('page-read')).toBeGreaterThanOrEqual(5));

    expect(shard.count('page-read')).toBeLessThanOrEqual(7);
    expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(50 * 40_000);
    expect(await shard.until(50)).toHaveLength(50);
  });
});
