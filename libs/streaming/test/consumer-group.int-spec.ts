import { ExpiredIteratorException, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { childTrace, currentTrace, runInTrace } from '@lethe/kernel';
import { deferred, eventually } from '@lethe/testing';
import { provisionStreams } from '../src/provision.js';
import { intercept } from './faults.js';
import { Seen, TestStream, newClients, range } from './test-stream.js';

describe('ConsumerGroup', () => {
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
  });
  afterEach(() => test.close());

  it('hands every record to the handler, in order per key, from the oldest on', async () => {
    await test.put('a', 1, 50);
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, batchSize: 20 });

    await group.start();
    await eventually(() => expect(seen.steps).toHaveLength(50));
    await test.put('a', 51, 60);
    await eventually(() => expect(seen.steps).toHaveLength(60));

    expect(seen.of('a')).toEqual(range(1, 60));
  });

  it('R23, KIN-4: checkpoints after the effect, not before', async () => {
    await test.put('a', 1, 5);
    const effect = test.effect();
    const started = deferred();
    const { group } = test.group({
      handle: async () => {
        started.resolve();
        await effect.promise;
      },
    });

    await group.start();
    await started.promise;
    expect((await test.lease(shard))['checkpoint']).toBe('TRIM_HORIZON');

    effect.resolve();
    await eventually(async () => expect((await test.lease(shard))['checkpoint']).toMatch(/^\d{20,}$/));
  });

  it('a throwing handler gets the same batch again and skips no record', async () => {
    await test.put('a', 1, 10);
    const seen = new Seen();
    let failures = 0;
    const { group, events } = test.group({
      batchSize: 5,
      handle: async (batch) => {
        if (failures < 3) {
          failures += 1;
          throw new Error(`failure ${failures}`);
        }
        await seen.handle(batch);
      },
    });

    await group.start();
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 10)));

    const attempts = events.flatMap((event) => (event.type === 'handler-failed' ? [event.attempt] : []));
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('R35: runs the handler in the trace in which the records were written', async () => {
    const trace = childTrace();
    await runInTrace(trace, () => test.put('a', 1, 3));
    const handled = deferred<string | undefined>();
    const { group } = test.group({ handle: async () => handled.resolve(currentTrace()?.traceId) });

    await group.start();

    expect(await handled.promise).toBe(trace.traceId);
  });

  it('sets records aside that cannot be read, and goes on with the others', async () => {
    const bad = { Data: Buffer.from('not json'), PartitionKey: 'a' };
    await test.clients.kinesis.send(new PutRecordsCommand({ StreamName: test.stream, Records: [bad] }));
    await test.put('a', 1, 1);
    const handled: { good: number; reasons: string[] }[] = [];
    const { group } = test.group({
      handle: async ({ records, invalid }) => {
        handled.push({ good: records.length, reasons: invalid.map(({ error }) => error.reason) });
      },
    });

    await group.start();
    await eventually(() => expect(handled).toEqual([{ good: 1, reasons: ['undecodable'] }]));
  });

  it('KIN-3: an expired iterator resumes from the last sequence read, not from the checkpoint', async () => {
    await test.put('a', 1, 30);
    const clients = newClients();
    let reads = 0;
    intercept(clients.kinesis, 'GetRecords', async (input, send) => {
      reads += 1;
      if (reads !== 2) return send(input);
      throw new ExpiredIteratorException({ message: 'Iterator expired', $metadata: {} });
    });
    const seen = new Seen();
    const group = test.group({ handle: seen.handle, batchSize: 10 }, clients);

    await group.group.start();
    await eventually(() => expect(seen.steps).toHaveLength(30));
    await test.put('a', 31, 40);
    await eventually(() => expect(seen.steps).toHaveLength(40));

    expect(seen.of('a')).toEqual(range(1, 40));
    expect(group.events).toContainEqual({ type: 'iterator-expired', shardId: shard });
  });

  it('reads a shard at most five times a second, however much there is', async () => {
    await test.put('a', 1, 60);
    const clients = newClients();
    const reads: number[] = [];
    intercept(clients.kinesis, 'GetRecords', async (input, send) => {
      reads.push(performance.now());
      return send(input);
    });
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, batchSize: 10, idlePollMs: 1 }, clients);

    await group.start();
    await eventually(() => expect(reads.length).toBeGreaterThan(8));

    const gaps = reads.slice(1).map((at, i) => at - (reads[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  it('stop waits for the handler in flight, checkpoints it, and another worker goes on within a second', async () => {
    await test.put('a', 1, 10);
    const effect = test.effect();
    const started = deferred();
    const first = test.group({
      batchSize: 5,
      handle: async () => {
        started.resolve();
        await effect.promise;
      },
    });
    const seen = new Seen();
    const second = test.group({ handle: seen.handle, syncMs: 800 });

    await first.group.start();
    await started.promise;
    await second.group.start();
    const stopping = first.group.stop();
    const meanwhile = test.lease(shard).then(() => 'still waiting');
    expect(await Promise.race([stopping, meanwhile])).toBe('still waiting');

    effect.resolve();
    await stopping;
    const releasedAt = performance.now();
    await eventually(() => expect(second.group.shards).toHaveLength(1));
    expect(performance.now() - releasedAt).toBeLessThan(5_000);
    await eventually(() => expect(seen.of('a')).toEqual(range(6, 10)));
  });

  it('stop does not wait for a handler that only ever fails, nor checkpoint past it', async () => {
    await test.put('a', 1, 3);
    const failed = deferred();
    const { group } = test.group({
      retry: { backoff: { base: 60_000, cap: 60_000 } },
      handle: async () => {
        failed.resolve();
        throw new Error('always');
      },
    });

    await group.start();
    await failed.promise;
    await group.stop();

    const lease = await test.lease(shard);
    expect(lease['checkpoint']).toBe('TRIM_HORIZON');
    expect(lease['leaseOwner']).toBeUndefined();
  });

  it('each application reads everything, from leases of its own in the same table', async () => {
    await test.put('a', 1, 5);
    const [one, two] = [new Seen(), new Seen()];

    await test.group({ handle: one.handle, application: 'one' }).group.start();
    await test.group({ handle: two.handle, application: 'two' }).group.start();

    await eventually(() => expect([one.of('a'), two.of('a')]).toEqual([range(1, 5), range(1, 5)]));
  });

  it('starts without its stream, says so, and reads it as soon as it is there', async () => {
    const stream = `late-${test.stream}`;
    const seen = new Seen();
    const { group, events } = test.group({ handle: seen.handle, stream });

    await group.start();
    const error = expect.objectContaining({ name: 'ResourceNotFoundException' });
    expect(events).toEqual([{ type: 'failed', what: 'sync', error }]);

    await provisionStreams([{ name: stream, owner: 'shop', shards: 1 }], test.clients.kinesis);
    await test.producer({ stream }).put({ key: 'a', n: 1 });
    await eventually(() => expect(seen.of('a')).toEqual([1]));
  });
});
