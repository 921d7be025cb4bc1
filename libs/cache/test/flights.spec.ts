import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Cache } from '../src/cache.js';
import { CacheOverloadedError } from '../src/cache.errors.js';
import { World } from './cache.fixture.js';

let world: World;
beforeEach(() => {
  world = new World();
});

describe('many who miss at once', () => {
  it('R32: cost one load, whichever of five replicas they ask', async () => {
    const replicas = Array.from({ length: 5 }, () => world.replica());
    world.store.delay = () => 1 + world.time.random() * 3;
    const asked = Array.from({ length: 1_000 }, async (_, at) => replicas[at % 5]?.through(world.request('k')));
    await world.time.advance(200);
    world.origin.give(0, 'v');
    const answers = await world.time.run(Promise.all(asked));

    expect(new Set(answers)).toEqual(new Set(['v']));
    expect(world.origin.loads).toHaveLength(1);
  });

  it('R32: cost one load per replica without a store, and one more for those who came while it ran', async () => {
    const replicas = Array.from({ length: 3 }, () => world.alone());
    const ask = () => replicas.flatMap((cache) => [1, 2, 3, 4, 5].map(() => cache.through(world.request('k'))));
    const first = ask();
    await world.settle();
    const second = ask();
    await world.settle();
    expect(world.origin.loads).toHaveLength(3);
    for (const at of [0, 1, 2]) world.origin.give(at, 'first');
    expect(new Set(await Promise.all(first))).toEqual(new Set(['first']));
    await world.settle();
    for (const at of [3, 4, 5]) world.origin.give(at, 'second');

    expect(new Set(await Promise.all(second))).toEqual(new Set(['second']));
    expect(world.origin.loads).toHaveLength(6);
  });
});

describe('a replica that waits for the load of another', () => {
  it('loads for itself after a while, keeps nothing then, and does not wait for the dead', async () => {
    const [dead, alive] = [world.replica(), world.replica()];
    void dead.through(world.request('k'));
    await world.settle();
    const waiting = [alive.through(world.request('k')), alive.through(world.request('k'))];
    await world.time.advance(490);
    expect(world.origin.loads).toHaveLength(1);
    await world.time.advance(100);
    expect(world.origin.loads).toHaveLength(2);
    world.origin.give(1, 'v');

    expect(await Promise.all(waiting)).toEqual(['v', 'v']);
    expect(world.store.entries.size).toBe(0);
    await world.time.advance(3_000);
    const next = alive.through(world.request('k'));
    await world.settle();
    world.origin.give(2, 'w');
    expect(await next).toBe('w');
    expect(world.store.entries.size).toBe(1);
  });

  it('takes over at once where the other gives up', async () => {
    const [one, two] = [world.replica(), world.replica()];
    const failing = one.through(world.request('k'));
    await world.settle();
    const waiting = two.through(world.request('k'));
    await world.settle();
    world.origin.loads[0]?.reject(new Error('no database'));
    await expect(failing).rejects.toThrow('no database');
    await world.time.until(() => world.origin.loads.length === 2, 100);
    world.origin.give(1, 'v');

    expect(await waiting).toBe('v');
    expect(two.counts.of('miss')).toBe(1);
  });
});

describe('without the store', () => {
  it('nobody is given a load that began before he asked', async () => {
    const cache = world.alone();
    const before = cache.through(world.request('k'));
    await world.settle();
    const after = cache.through(world.request('k'));
    world.origin.give(0, 'old');
    expect(await before).toBe('old');
    await world.settle();
    world.origin.give(1, 'new');

    expect(await after).toBe('new');
  });

  it('a load that hangs holds up those behind it for 100 ms', async () => {
    const cache = world.alone();
    void cache.through(world.request('k'));
    await world.settle();
    const after = cache.through(world.request('k'));
    await world.time.advance(99);
    expect(world.origin.loads).toHaveLength(1);
    await world.time.advance(1);
    world.origin.give(1, 'v');

    expect(await after).toBe('v');
  });

  it('keeps nothing of a load that failed', async () => {
    const cache = world.alone();
    const failing = [cache.through(world.request('k')), cache.through(world.request('k'))];
    const outcomes = Promise.allSettled(failing);
    await world.settle();
    world.origin.loads[0]?.reject(new Error('no database'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = cache.through(world.request('k'));
    await world.settle();
    world.origin.give(1, 'v');
    expect(await next).toBe('v');
  });

  it('is told to forget and has nothing to do', async () => {
    expect(await world.alone().invalidate([{ policy: { name: 'things' }, key: 'k' }], ['lists'])).toBe(true);
  });
});

describe('the origin', () => {
  const ask = (cache: Cache, keys: readonly string[]) => keys.map((key) => cache.through(world.request(key)));
  const keys = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`);

  it('R11: meets no more loads at once than it may, with the store and without', async () => {
    for (const cache of [world.replica({ maxLoads: 4 }), world.alone({ maxLoads: 4 })]) {
      const from = world.origin.loads.length;
      const asked = ask(cache, keys(50));
      for (let at = 0; at < 50; at += 1) {
        await world.settle();
        expect(cache.loading).toBeLessThanOrEqual(4);
        expect(world.origin.loads.length - from).toBe(Math.min(50, at + 4));
        world.origin.give(from + at, 'v');
      }
      expect(await Promise.all(asked)).toHaveLength(50);
      expect(cache.loading).toBe(0);
    }
  });

  it('R10: is not asked for more than wait already, nor by those who waited too long: 503 at once', async () => {
    const cache = world.alone({ maxLoads: 1, maxWaiting: 2, turnMs: 1_000 });
    const [first, second, third, fourth] = ask(cache, keys(4)).map((asked) => asked.catch((error: unknown) => error));
    await world.settle();

    expect(await fourth).toMatchObject({ status: 503, reason: 'too many wait', headers: { 'retry-after': '1' } });
    await world.time.advance(1_000);
    expect([await second, await third]).toEqual([expect.any(CacheOverloadedError), expect.any(CacheOverloadedError)]);
    world.origin.give(0, 'v');
    expect(await first).toBe('v');
    const later = cache.through(world.request('k'));
    await world.settle();
    world.origin.give(1, 'w');
    expect(await later).toBe('w');
  });

  it('R10: refused loads give the right to load back', async () => {
    const [full, idle] = [world.replica({ maxLoads: 1, maxWaiting: 0 }), world.replica()];
    const busy = full.through(world.request('busy'));
    await world.settle();
    await expect(full.through(world.request('k'))).rejects.toThrow(CacheOverloadedError);
    const elsewhere = idle.through(world.request('k'));
    await world.settle();
    world.origin.give(0, 'v');
    world.origin.give(1, 'w');

    expect([await busy, await elsewhere]).toEqual(['v', 'w']);
  });
});
