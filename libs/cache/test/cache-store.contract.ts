import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import type { CacheStore, EntryAddress } from '../src/cache-store.js';

/** A store for the suite, and what lets time pass where it does not by itself. */
export interface StoreUnderTest {
  readonly store: CacheStore;
  readonly elapse?: (ms: number) => Promise<void>;
}

const LEASE = 60_000;
const LIFE = { freshMs: 60_000, ttlMs: 60_000 };

let addresses = 0;
const plain = (): EntryAddress => ({ key: `plain-${(addresses += 1)}` });
const tagged = (): EntryAddress => ({ key: `k-${(addresses += 1)}`, tag: `t-${addresses}` });
const kinds: [string, () => EntryAddress][] = [
  ['without a tag', plain],
  ['with a tag', tagged],
];

/** What every store of caches holds to. */
export function describeCacheStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`a store of caches: ${name}`, () => {
    let made: StoreUnderTest | undefined;
    const under = (): CacheStore => {
      if (made === undefined) throw new Error('not set up');
      return made.store;
    };
    beforeAll(async () => {
      made = await setUp();
    });

    itGivesRights(under);
    itForgets(under);
    itAges(under, async (ms) => made?.elapse?.(ms));
  });
}

function itGivesRights(under: () => CacheStore): void {
  it.each(kinds)(
    'gives the right to load an entry %s to one, and tells the others whom to wait for',
    async (_, make) => {
      const address = make();
      expect(await under().look(address, 'a', LEASE)).toEqual({ state: 'leased' });
      expect(await under().look(address, 'b', LEASE)).toEqual({ state: 'awaited', token: 'a' });
      expect(await under().look(make(), 'b', LEASE)).toEqual({ state: 'leased' });
    },
  );

  it.each(kinds)('keeps an entry %s that the holder of the right has loaded, and no other', async (_, make) => {
    const address = make();
    await under().look(address, 'a', LEASE);

    expect(await under().put(address, 'b', 'forged', LIFE)).toBe(false);
    expect(await under().put(address, 'a', 'value ✓', LIFE)).toBe(true);
    expect(await under().put(address, 'a', 'again', LIFE)).toBe(false);
    expect(await under().look(address, 'c', LEASE)).toEqual({ state: 'fresh', payload: 'value ✓' });
  });

  it.each(kinds)('gives the right to another once it was given back, by its holder alone (%s)', async (_, make) => {
    const address = make();
    await under().look(address, 'a', LEASE);

    await under().release(address, 'b');
    expect(await under().look(address, 'b', LEASE)).toEqual({ state: 'awaited', token: 'a' });
    await under().release(address, 'a');
    expect(await under().look(address, 'b', LEASE)).toEqual({ state: 'leased' });
  });
}

function itForgets(under: () => CacheStore): void {
  it.each(kinds)('forgets an entry %s, and the right to load it too', async (_, make) => {
    const [kept, loading] = [make(), make()];
    await under().look(kept, 'a', LEASE);
    await under().put(kept, 'a', 'old', LIFE);
    await under().look(loading, 'a', LEASE);

    await under().forget([kept, loading]);

    expect(await under().look(kept, 'b', LEASE)).toEqual({ state: 'leased' });
    expect(await under().put(loading, 'a', 'old', LIFE)).toBe(false);
    expect(await under().look(loading, 'b', LEASE)).toEqual({ state: 'leased' });
  });

  it('forgets all of a tag at once, rights too, and nothing of another', async () => {
    const [kept, other] = [tagged(), tagged()];
    const loading = { ...kept, key: 'loading' };
    for (const address of [kept, other]) {
      await under().look(address, 'a', LEASE);
      await under().put(address, 'a', 'old', LIFE);
    }
    await under().look(loading, 'a', LEASE);

    await under().forgetTag(kept.tag ?? '');

    expect(await under().look(kept, 'b', LEASE)).toEqual({ state: 'leased' });
    expect(await under().look(loading, 'b', LEASE)).toEqual({ state: 'leased' });
    expect(await under().put(loading, 'a', 'old', LIFE)).toBe(false);
    expect(await under().put(loading, 'b', 'new', LIFE)).toBe(true);
    expect(await under().look(other, 'b', LEASE)).toMatchObject({ state: 'fresh' });
    await under().forgetTag(kept.tag ?? '');
    expect(await under().look(loading, 'c', LEASE)).toEqual({ state: 'leased' });
  });
}

function itAges(under: () => CacheStore, elapse: (ms: number) => Promise<void>): void {
  it('hands out an old entry and lets one load it anew, who replaces it', async () => {
    const address = plain();
    await under().look(address, 'a', LEASE);
    await under().put(address, 'a', 'old', { freshMs: 0, ttlMs: 60_000 });

    expect(await under().look(address, 'b', LEASE)).toEqual({ state: 'stale', payload: 'old', leased: true });
    expect(await under().look(address, 'c', LEASE)).toEqual({ state: 'stale', payload: 'old', leased: false });
    expect(await under().put(address, 'b', 'new', LIFE)).toBe(true);
    expect(await under().look(address, 'c', LEASE)).toEqual({ state: 'fresh', payload: 'new' });
  });

  it('counts the age from the giving of the right: what took longer to load than it may live is not kept', async () => {
    const address = plain();
    await under().look(address, 'a', LEASE);
    await elapse(10);

    expect(await under().put(address, 'a', 'old', { freshMs: 0, ttlMs: 0 })).toBe(false);
    expect(await under().look(address, 'b', LEASE)).toEqual({ state: 'leased' });
  });

  it('gives up an entry at the end of its life, and a right that nobody used', async () => {
    const address = plain();
    await under().look(address, 'a', LEASE);
    await under().put(address, 'a', 'value', { freshMs: 40, ttlMs: 40 });
    await eventually(async () => {
      await elapse(10);
      expect(await under().look(address, 'b', 30)).toEqual({ state: 'leased' });
    });

    await eventually(async () => {
      await elapse(10);
      expect(await under().look(address, 'c', LEASE)).toEqual({ state: 'leased' });
    });
    expect(await under().put(address, 'b', 'late', LIFE)).toBe(false);
  });
}
