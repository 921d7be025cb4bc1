import { beforeEach, describe, expect, it } from '@jest/globals';
import { POLICY, World } from './cache.fixture.js';

let world: World;
const gone = new Error('no connection');
beforeEach(() => {
  world = new World();
});

const loaded = (value: string) => ({ load: () => Promise.resolve(value) });

describe('a store that fails', () => {
  it('R08: costs no answer, is told of once, and is left alone until a ping finds it again', async () => {
    const cache = world.replica();
    world.store.failure = gone;
    for (let at = 0; at < 20; at += 1) expect(await cache.through(world.request('k', loaded(`v${at}`)))).toBe(`v${at}`);
    expect([world.store.operations, cache.healthy, world.errors]).toEqual([1, false, [gone]]);

    await world.time.advance(200);
    expect(await cache.through(world.request('k', loaded('v')))).toBe('v');
    await world.settle();
    expect([world.store.operations, cache.healthy]).toEqual([2, false]);

    world.store.failure = undefined;
    await world.time.advance(400);
    await cache.through(world.request('k', loaded('v')));
    await world.settle();
    expect([cache.healthy, world.errors]).toEqual([true, [gone]]);
    await cache.through(world.request('k', loaded('kept')));
    expect(await cache.through(world.request('k'))).toBe('kept');
  });

  it('R06: is sought in pauses that double up to five seconds', async () => {
    const cache = world.replica();
    world.store.failure = gone;
    const asked: number[] = [];
    let operations = 0;
    for (let ms = 0; ms < 60_000; ms += 10) {
      await cache.through(world.request('k', loaded('v')));
      if (world.store.operations > operations) asked.push(ms);
      operations = world.store.operations;
      await world.time.advance(10);
    }

    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses.every((pause, index) => pause <= Math.min(5_000, 200 * 2 ** index) + 20)).toBe(true);
    expect(pauses.slice(6).every((pause) => pause >= 2_500)).toBe(true);
    expect(new Set(pauses.slice(6)).size).toBeGreaterThan(1);
  });

  it('R32: in the middle of a load loses neither the answer nor those who wait for it on other replicas', async () => {
    const [one, two] = [world.replica(), world.replica()];
    const asked = [one.through(world.request('k')), one.through(world.request('k')), two.through(world.request('k'))];
    await world.settle();
    world.store.failure = gone;
    await world.time.until(() => world.origin.loads.length === 2, 1_000);
    world.origin.give(0, 'v');
    world.origin.give(1, 'v');

    expect(await Promise.all(asked)).toEqual(['v', 'v', 'v']);
  });

  it('an invalidation that it does not hear says so, and holds up no write after the first', async () => {
    const cache = world.replica();
    const key = { policy: POLICY, key: 'k' };
    world.store.failure = gone;
    expect(await cache.invalidate([key])).toBe(false);

    world.store.delay = () => 1_000_000;
    expect(await cache.invalidate([key], ['lists'])).toBe(false);
    expect(cache.counts.of('invalidation-lost')).toBe(1);
  });

  it('an invalidation is sent though the store seems to be away', async () => {
    const [cache, other] = [world.replica(), world.replica()];
    await other.through(world.request('k', loaded('old')));
    world.store.failure = gone;
    await cache.through(world.request('k', loaded('v')));
    world.store.failure = undefined;

    expect(await cache.invalidate([{ policy: POLICY, key: 'k' }])).toBe(false);
    await cache.close();

    expect(await other.through(world.request('k', loaded('new')))).toBe('new');
  });
});
