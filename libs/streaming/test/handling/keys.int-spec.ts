import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { Seen, TestStream, range } from '../test-stream.js';

describe('keys in parallel', () => {
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
  });
  afterEach(() => test.close());

  it('R23: a slow key holds up no other, keeps its order, and keeps the checkpoint behind it', async () => {
    await test.put('slow', 1, 2);
    for (const key of ['a', 'b', 'c']) await test.put(key, 1, 20);
    const effect = test.effect();
    const started = deferred();
    const seen = new Seen();
    const { group } = test.group({
      parallelism: 3,
      checkpointIntervalMs: 1,
      handleRecord: async ({ data }) => {
        if (data.key === 'slow') {
          started.resolve();
          await effect.promise;
        }
        seen.steps.push(data);
      },
    });

    await group.start();
    await started.promise;
    await eventually(() => {
      for (const key of ['a', 'b', 'c']) expect(seen.of(key)).toEqual(range(1, 20));
    });
    expect(seen.of('slow')).toEqual([]);
    expect((await test.lease(shard))['checkpoint']).toBe('TRIM_HORIZON');

    effect.resolve();
    await eventually(async () => expect((await test.lease(shard))['checkpoint']).toMatch(/^\d{20,}$/));
    expect(seen.of('slow')).toEqual([1, 2]);
  });

  it('KIN-2: SHARD_END is written once, and not while one of several handlers is at work', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await test.put(key, 1, 5);
    await test.split(shard);
    const effect = test.effect();
    const started = deferred();
    const seen = new Seen();
    const { group, events } = test.group({
      parallelism: 4,
      handle: async (batch) => {
        if (batch.shardId === shard && batch.records.some(({ data }) => data.key === 'c')) {
          started.resolve();
          await effect.promise;
        }
        await seen.handle(batch);
      },
    });

    await group.start();
    await started.promise;
    await eventually(() => {
      for (const key of ['a', 'b', 'd']) expect(seen.of(key)).toEqual(range(1, 5));
    });
    expect((await test.lease(shard))['checkpoint']).not.toBe('SHARD_END');

    effect.resolve();
    await eventually(async () => expect((await test.lease(shard))['checkpoint']).toBe('SHARD_END'));
    expect(seen.of('c')).toEqual(range(1, 5));
    expect(events.filter((event) => event.type === 'shard-ended' && event.shardId === shard)).toHaveLength(1);
  });

  it('stop waits for every handler, begins none anew, and checkpoints what is done without a gap', async () => {
    await test.put('a', 1, 3);
    await test.put('b', 1, 3);
    const effect = test.effect();
    const both = deferred();
    const seen = new Seen();
    let begun = 0;
    const { group } = test.group({
      parallelism: 2,
      batchSize: 1,
      handleRecord: async ({ data }) => {
        begun += 1;
        if (begun === 2) both.resolve();
        await effect.promise;
        seen.steps.push(data);
      },
    });
    await group.start();
    await both.promise;
    const stopped = group.stop();
    effect.resolve();
    await stopped;
    expect(seen.steps).toHaveLength(2);

    const next = new Seen();
    await test.group({ handle: next.handle }).group.start();

    await eventually(() => {
      for (const key of ['a', 'b']) expect([...seen.of(key), ...next.of(key)].slice(-3)).toEqual([1, 2, 3].slice(-3));
    });
    for (const key of ['a', 'b']) expect(new Set([...seen.of(key), ...next.of(key)])).toEqual(new Set([1, 2, 3]));
  });
});
