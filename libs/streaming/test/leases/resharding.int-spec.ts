import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { LeaseTable } from '../../src/consumer/leases/lease-table.js';
import { Seen, TestStream, range } from '../test-stream.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('resharding', () => {
  let test: TestStream;
  beforeEach(async () => {
    test = await TestStream.create(2);
  });
  afterEach(() => test.close());

  const putAll = (from: number, to: number): Promise<void[]> => Promise.all(KEYS.map((key) => test.put(key, from, to)));

  it('R23: split and merge lose nothing and keep the order of every key, parents before children', async () => {
    const [first = '', second = ''] = await test.openShards();
    await putAll(1, 10);
    await test.split(first);
    await putAll(11, 20);
    const [left = '', right = ''] = (await test.openShards()).filter((shard) => shard !== second);
    await test.merge(left, right);
    await putAll(21, 30);

    const seen = new Seen();
    const ended: string[] = [];
    const { group } = test.group({
      handle: seen.handle,
      batchSize: 15,
      onEvent: (event) => {
        if (event.type === 'shard-ended') ended.push(event.shardId);
      },
    });
    await group.start();
    await eventually(() => expect(seen.steps).toHaveLength(30 * KEYS.length));

    for (const key of KEYS) expect(seen.of(key)).toEqual(range(1, 30));
    // The merged shard waits for both parents.
    await eventually(() => expect([...ended].sort()).toEqual([first, left, right].sort()));
    expect(ended[0]).toBe(first);
  });

  it('KIN-1: children of a reshard start at TRIM_HORIZON: records put before anyone read them are not lost', async () => {
    const [first = ''] = await test.openShards();
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle });
    await putAll(1, 5);
    await group.start();
    await eventually(() => expect(seen.steps).toHaveLength(5 * KEYS.length));

    await test.split(first);
    await putAll(6, 10);

    await eventually(() => expect(seen.steps).toHaveLength(10 * KEYS.length));
    for (const key of KEYS) expect(seen.of(key)).toEqual(range(1, 10));
    await eventually(async () => expect((await test.lease(first))['checkpoint']).toBe('SHARD_END'));
  });

  it('KIN-2: SHARD_END is not written while records are in flight, and the children wait for it', async () => {
    const [first = '', second = ''] = await test.openShards();
    await putAll(1, 3);
    await test.split(first);
    await putAll(4, 6);
    const children = (await test.openShards()).filter((shard) => shard !== second);
    const effect = test.effect();
    const started = deferred();
    const seen = new Seen();
    const { group } = test.group({
      handle: async (batch) => {
        if (batch.shardId === first) {
          started.resolve();
          await effect.promise;
        }
        await seen.handle(batch);
      },
    });

    await group.start();
    await started.promise;
    expect((await test.lease(first))['checkpoint']).toBe('TRIM_HORIZON');
    for (const child of children) expect((await test.lease(child))['leaseOwner']).toBeUndefined();

    effect.resolve();
    await eventually(() => expect(seen.steps).toHaveLength(6 * KEYS.length));
    for (const key of KEYS) expect(seen.of(key)).toEqual(range(1, 6));
  });

  it('KIN-2: SHARD_END is not overwritten by a late checkpoint', async () => {
    const { table, stream, application, clients } = test;
    const leases = new LeaseTable({ dynamodb: clients.dynamodb, table, stream, application });
    await leases.create({ shardId: 's', parents: [] });
    const [lease] = [...(await leases.read(['s'])).values()];
    const counter = (lease && (await leases.take(lease, 'me'))) ?? 0;

    expect(await leases.update('s', 'me', counter, { checkpoint: 'SHARD_END' })).toBe(true);
    expect(await leases.update('s', 'me', counter + 1, { checkpoint: '42' })).toBe(false);

    expect((await test.lease('s'))['checkpoint']).toBe('SHARD_END');
  });

  it('workers that join during a reshard share the shards, and nothing is lost', async () => {
    const [first = ''] = await test.openShards();
    const seen = new Seen();
    const one = test.group({ handle: seen.handle, worker: 'one' });
    const two = test.group({ handle: seen.handle, worker: 'two' });
    await one.group.start();
    await putAll(1, 10);
    await test.split(first);
    await two.group.start();
    await putAll(11, 20);

    await eventually(() => {
      const shares = [one.group.shards.length, two.group.shards.length];
      expect([Math.min(...shares), Math.max(...shares)]).toEqual([1, 2]);
    });
    await putAll(21, 30);

    await eventually(() => {
      for (const key of KEYS) expect([...new Set(seen.of(key))]).toEqual(range(1, 30));
    });
  });
});
