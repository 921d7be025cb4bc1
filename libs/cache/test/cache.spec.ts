import { beforeEach, describe, expect, it } from '@jest/globals';
import { StrangeEntryError } from '../src/cache.errors.js';
import { POLICY, World } from './cache.fixture.js';

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a cache with a store', () => {
  it('loads once and then answers from the store, on every replica, until the entry is too old', async () => {
    const [one, two] = [world.replica(), world.replica()];
    const first = one.through(world.request('k'));
    await world.settle();
    world.origin.give(0, 'v');

    expect(await first).toBe('v');
    expect(await two.through(world.request('k'))).toBe('v');
    await world.time.advance(5_000);
    const again = two.through(world.request('k'));
    await world.settle();
    world.origin.give(1, 'w');

    expect(await again).toBe('w');
    expect(world.origin.loads).toHaveLength(2);
    expect([one.counts.of('miss'), two.counts.of('hit'), two.counts.of('miss')]).toEqual([1, 1, 1]);
  });

  it('keeps apart keys, policies and namespaces', async () => {
    const [one, other] = [world.replica(), world.replica({ namespace: 'other' })];
    const load = (value: string) => ({ load: () => Promise.resolve(value) });
    await one.through(world.request('k', load('a')));

    expect(await one.through(world.request('K', load('b')))).toBe('b');
    expect(await one.through(world.request('k', { ...load('c'), policy: { ...POLICY, name: 'others' } }))).toBe('c');
    expect(await one.through(world.request('k', { ...load('d'), tag: 't' }))).toBe('d');
    expect(await other.through(world.request('k', load('e')))).toBe('e');
    expect(await one.through(world.request('k', load('f')))).toBe('a');
  });

  it.each(['{', '}', 'a b\n=c', 'é', 'x'.repeat(10_000)])('takes any text as a key: %j', async (key) => {
    const cache = world.replica();

    expect(await cache.through(world.request(key, { load: () => Promise.resolve('v') }))).toBe('v');
    expect(await cache.through(world.request(key))).toBe('v');
    expect(await cache.through(world.request(`${key}.`, { load: () => Promise.resolve('w') }))).toBe('w');
  });

  it('remembers that there is nothing, for its own time', async () => {
    const cache = world.replica();
    const first = cache.through(world.request('k'));
    await world.settle();
    world.origin.give(0, undefined);

    expect([await first, await cache.through(world.request('k'))]).toEqual([undefined, undefined]);
    await world.time.advance(1_000);
    const later = cache.through(world.request('k'));
    await world.settle();
    world.origin.give(1, 'v');

    expect(await later).toBe('v');
  });

  it('does not remember that there is nothing where the policy does not say so', async () => {
    const cache = world.replica();
    const { name, ttlMs } = POLICY;
    const ask = () => cache.through(world.request('k', { policy: { name, ttlMs } }));
    const first = ask();
    await world.settle();
    world.origin.give(0, undefined);
    await first;
    void ask();
    await world.settle();

    expect(world.origin.loads).toHaveLength(2);
    world.origin.give(1, 'v');
  });

  it('keeps no error: all who waited for the load get it, the next one loads', async () => {
    const cache = world.replica();
    const asked = [cache.through(world.request('k')), cache.through(world.request('k'))];
    const outcomes = Promise.allSettled(asked);
    await world.settle();
    const cause = new Error('no database');
    world.origin.loads[0]?.reject(cause);

    expect(await outcomes).toEqual(asked.map(() => ({ status: 'rejected', reason: cause })));
    const next = cache.through(world.request('k'));
    await world.settle();
    world.origin.give(1, 'v');
    expect(await next).toBe('v');
  });

  it('does not keep what is too large, and lets nobody wait for it', async () => {
    const cache = world.replica();
    const large = { policy: { ...POLICY, maxBytes: 100 } };
    const first = cache.through(world.request('k', large));
    await world.settle();
    world.origin.give(0, 'x'.repeat(100));

    expect(await first).toHaveLength(100);
    const [two, three] = [cache.through(world.request('k', large)), world.replica().through(world.request('k', large))];
    await world.settle();
    expect(world.origin.loads).toHaveLength(3);
    world.origin.give(1, 'a');
    world.origin.give(2, 'b');
    expect([await two, await three]).toEqual(['a', 'b']);
    expect(cache.counts.of('too-large')).toBe(1);
  });

  it('R31: an entry that turns out to be of another key is not handed out, is forgotten, and is told of', async () => {
    const cache = world.replica();
    await cache.through(world.request('mine', { load: () => Promise.resolve('mine') }));
    await cache.through(world.request('yours', { load: () => Promise.resolve('yours') }));
    const [mine, yours] = [...world.store.entries.keys()];
    const strange = world.store.entries.get(yours ?? '');
    if (strange !== undefined) world.store.entries.set(mine ?? '', strange);

    expect(await cache.through(world.request('mine', { load: () => Promise.resolve('mine') }))).toBe('mine');
    await cache.close();

    expect(world.errors).toEqual([expect.any(StrangeEntryError)]);
    expect(world.store.entries.has(mine ?? '')).toBe(false);
    expect(cache.counts.of('strange-entry')).toBe(1);
  });

  it('R38: an entry that another version of the program wrote is loaded anew', async () => {
    const cache = world.replica();
    const numbers = { parse: Number, load: () => Promise.resolve(7) };
    await cache.through({ policy: POLICY, key: 'k', ...numbers });

    expect(await cache.through(world.request('k', { load: () => Promise.resolve('seven') }))).toBe('seven');
    await cache.close();
    expect(world.errors).toMatchObject([{ cause: new TypeError('no text') }]);
    expect(await cache.through(world.request('k', { load: () => Promise.resolve('eight') }))).toBe('eight');
  });

  it('cuts a random part off the time of an entry, and never adds to it', async () => {
    const cache = world.replica();
    const policy = { ...POLICY, jitter: 0.2 };
    for (let at = 0; at < 200; at += 1)
      await cache.through(world.request(`k${at}`, { policy, load: () => Promise.resolve('v') }));

    const now = world.time.monotonic();
    const lives = [...world.store.entries.values()].map(({ ends }) => ends - now);
    expect(lives.every((life) => life > 4_000 && life <= 5_000)).toBe(true);
    expect(Math.max(...lives) - Math.min(...lives)).toBeGreaterThan(800);
  });

  it.each([
    [{ ttlMs: 0 }],
    [{ ttlMs: 86_400_000 }],
    [{ freshMs: 6_000 }],
    [{ missingMs: -1 }],
    [{ jitter: 1 }],
    [{ name: 'a:b' }],
  ])('refuses a policy that cannot be kept: %j', async (wrong) => {
    await expect(
      world.replica().through(world.request('k', { policy: { ...POLICY, ...wrong } })),
    ).rejects.toMatchObject({ name: 'CachePolicyError' });
  });
});

describe('an entry that grows old', () => {
  it('is handed out while one load behind the answers renews it', async () => {
    const [one, two] = [world.replica(), world.replica()];
    await one.through(world.request('k', { load: () => Promise.resolve('old') }));
    await world.time.advance(3_000);

    const answers = [1, 2, 3].flatMap(() => [one.through(world.request('k')), two.through(world.request('k'))]);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['old']));
    expect(world.origin.loads).toHaveLength(1);
    world.origin.give(0, 'new');
    await Promise.all([one.close(), two.close()]);

    expect(await two.through(world.request('k'))).toBe('new');
    const counted = [one, two].flatMap(({ counts }) => [counts.of('stale'), counts.of('shared')]);
    expect(counted).toEqual([1, 2, 1, 2]);
  });

  it('is handed out where its renewal fails, until it is too old', async () => {
    const cache = world.replica();
    await cache.through(world.request('k', { load: () => Promise.resolve('old') }));
    await world.time.advance(4_999);
    const cause = new Error('no database');
    expect(await cache.through(world.request('k', { load: () => Promise.reject(cause) }))).toBe('old');
    await cache.close();

    expect(world.errors).toEqual([cause]);
    await world.time.advance(1);
    await expect(cache.through(world.request('k', { load: () => Promise.reject(cause) }))).rejects.toBe(cause);
  });

  it('is not renewed while all loads that may run are for those who wait', async () => {
    const cache = world.replica({ maxLoads: 1 });
    await cache.through(world.request('k', { load: () => Promise.resolve('old') }));
    await world.time.advance(3_000);
    const busy = cache.through(world.request('other'));
    await world.settle();

    expect(await cache.through(world.request('k'))).toBe('old');
    expect(world.origin.loads).toHaveLength(1);
    world.origin.give(0, 'v');
    await busy;
    expect(await cache.through(world.request('k'))).toBe('old');
    expect(world.origin.loads).toHaveLength(2);
    world.origin.give(1, 'new');
  });
});

describe('an invalidation', () => {
  it('R32: makes the next question load, and is not undone by a load that began before it', async () => {
    const [one, two] = [world.replica(), world.replica()];
    const key = { policy: POLICY, key: 'k' };
    const slow = one.through(world.request('k'));
    await world.settle();

    expect(await two.invalidate([key])).toBe(true);
    const after = one.through(world.request('k'));
    await world.time.until(() => world.origin.loads.length === 2, 20);
    world.origin.give(1, 'new');
    expect(await after).toBe('new');
    world.origin.give(0, 'old');
    expect(await slow).toBe('old');

    expect(await one.through(world.request('k'))).toBe('new');
    expect(await two.through(world.request('k'))).toBe('new');
    expect(one.counts.of('refused')).toBe(1);
  });

  it('of a tag forgets every entry that has it, and undoes loads under way', async () => {
    const cache = world.replica();
    const listed = (key: string) => world.request(key, { tag: 'lists' });
    await cache.through({ ...listed('a'), load: () => Promise.resolve('old') });
    const slow = cache.through(listed('b'));
    await world.settle();

    await cache.invalidate([], ['lists']);
    world.origin.give(0, 'old');
    await slow;

    for (const key of ['a', 'b']) {
      expect(await cache.through({ ...listed(key), load: () => Promise.resolve('new') })).toBe('new');
    }
  });
});
