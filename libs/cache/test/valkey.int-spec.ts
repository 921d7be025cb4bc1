import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Timers, systemTimers } from '@lethe/kernel';
import { describeWithValkey } from '@lethe/local-cloud';
import { deferred, eventually } from '@lethe/testing';
import { Valkey } from '@lethe/valkey';
import { Cache } from '../src/cache.js';
import type { CachePolicy, CacheRequest } from '../src/cache.types.js';
import { ValkeyCacheStore } from '../src/valkey-store.js';
import { textOf } from './cache.fixture.js';
import { describeCacheStore } from './cache-store.contract.js';

const POLICY: CachePolicy = { name: 'things', ttlMs: 60_000, jitter: 0 };

describeWithValkey('a cache on Valkey', (url) => {
  const prefix = `spec-${randomUUID()}:`;
  const connections: Valkey[] = [];
  const connect = async (): Promise<Valkey> => {
    const valkey = new Valkey({ url });
    connections.push(valkey);
    await valkey.connect();
    return valkey;
  };
  /** A replica with a connection of its own. */
  const replica = async (timers: Timers = systemTimers): Promise<Cache> =>
    new Cache({ namespace: 'spec', store: new ValkeyCacheStore(await connect(), prefix), timers });
  let admin: Valkey;
  beforeAll(async () => {
    admin = await connect();
  });
  afterAll(() => Promise.all(connections.map((valkey) => valkey.close())));

  describeCacheStore('Valkey', async () => ({
    store: new ValkeyCacheStore(await connect(), `${prefix}contract:`),
  }));

  const request = (key: string, load: () => Promise<string | undefined>): CacheRequest<string> => ({
    policy: POLICY,
    key,
    parse: textOf,
    load,
  });

  describe('a miss', () => {
    it('R32: 1,000 at once on four replicas cost one load', async () => {
      const replicas = await Promise.all([replica(), replica(), replica(), replica()]);
      let loads = 0;
      const begun = deferred();
      const outcome = deferred<string>();
      const load = (): Promise<string> => {
        loads += 1;
        begun.resolve();
        return outcome.promise;
      };

      const asked = Array.from({ length: 1_000 }, async (_, at) =>
        replicas[at % 4]?.through(request('stampede', load)),
      );
      await begun.promise;
      outcome.resolve('v');

      expect(new Set(await Promise.all(asked))).toEqual(new Set(['v']));
      expect(loads).toBe(1);
    });

    it.each([
      [59_000, 'v', 1_000],
      [61_000, 'w', -2],
    ])(
      'R36: counts age from before the load, by the clock of the server alone: after one of %i ms …',
      async (took, next, left) => {
        const cache = await replica({ ...systemTimers, now: () => Date.now() + 300_000 });
        const goOn = deferred();
        const asked = cache.through(request(`aged-${took}`, () => goOn.promise.then(() => 'v')));
        const leaseKey = `${prefix}{spec:things:aged-${took}}:lease`;
        const lease = await eventually(async () => {
          const text = await admin.call<string | null>(leaseKey, ['GET', leaseKey]);
          expect(text).not.toBeNull();
          return String(text);
        });
        // As if the right to load had been given so much earlier.
        const [token, given, generation] = lease.split('|');
        const earlier = [token, Number(given) - took, generation].join('|');
        await admin.call(leaseKey, ['SET', leaseKey, earlier, 'KEEPTTL']);
        goOn.resolve();
        await asked;

        const entryKey = leaseKey.replace(/lease$/, 'entry');
        const life = await admin.call<number>(entryKey, ['PTTL', entryKey]);
        expect(life).toBeLessThanOrEqual(left);
        expect(life > 0).toBe(left > 0);
        expect(await cache.through(request(`aged-${took}`, () => Promise.resolve('w')))).toBe(next);
      },
    );

    it('leaves nothing in the server that does not die by itself', async () => {
      const cache = await replica();
      await cache.through({ ...request('tagged', () => Promise.resolve('v')), tag: 'lists' });
      await cache.invalidate([{ policy: POLICY, key: 'x' }], ['lists']);
      void cache.through(request('leased', () => new Promise(() => undefined)));
      await cache.through(request('k', () => Promise.resolve('v')));

      const keys = await admin.call<string[]>(undefined, ['KEYS', `${prefix}*`]);
      const lives = await Promise.all(keys.map((key) => admin.call<number>(key, ['PTTL', key])));
      expect(keys.length).toBeGreaterThan(3);
      expect(lives.every((life) => life > 0)).toBe(true);
    });
  });

  describe('an old price', () => {
    it('R32: cannot be put back by a load that began before the change and ended after it', async () => {
      const [slow, fast] = await Promise.all([replica(), replica()]);
      let price = 'old';
      const [read, goOn] = [deferred(), deferred()];
      const asked = slow.through(
        request('replayed', async () => {
          const seen = price;
          read.resolve();
          await goOn.promise;
          return seen;
        }),
      );
      await read.promise;
      price = 'new';
      expect(await fast.invalidate([{ policy: POLICY, key: 'replayed' }])).toBe(true);
      goOn.resolve();

      expect(await asked).toBe('old');
      for (const cache of [slow, fast, slow, fast])
        expect(await cache.through(request('replayed', () => Promise.resolve(price)))).toBe('new');
      expect(slow.counts.of('refused')).toBe(1);
    });
  });
});
