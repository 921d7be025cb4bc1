import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithValkey, startTestValkey, type TestValkey } from '@lethe/local-cloud';
import { deferred, eventually } from '@lethe/testing';
import { Valkey } from '@lethe/valkey';
import { Cache } from '../src/cache.js';
import type { CacheRequest } from '../src/cache.types.js';
import { ValkeyCacheStore } from '../src/valkey-store.js';
import { textOf } from './cache.fixture.js';

/** A server of this spec's own: it is killed, emptied and frozen. */
describeWithValkey('a cache whose Valkey goes away', () => {
  let server: TestValkey;
  const connections: Valkey[] = [];
  beforeAll(async () => {
    server = await startTestValkey();
  });
  afterEach(() => Promise.all(connections.splice(0).map((valkey) => valkey.close())));
  afterAll(() => server.stop());

  const connect = async (): Promise<Valkey> => {
    const valkey = new Valkey({ url: server.url, timeoutMs: 250 });
    connections.push(valkey);
    await valkey.connect();
    return valkey;
  };
  const replica = async (): Promise<Cache> =>
    new Cache({ namespace: 'spec', store: new ValkeyCacheStore(await connect()), maxLoads: 4 });
  const request = (key: string, load: () => Promise<string>): CacheRequest<string> => ({
    policy: { name: 'things', ttlMs: 60_000 },
    key,
    parse: textOf,
    load,
  });

  it('R32 R08: answers all who wait when it is killed in the middle of a load, within bounds, and uses it again', async () => {
    const replicas = await Promise.all([replica(), replica(), replica()]);
    const begun = deferred();
    const goOn = deferred();
    let [running, most, loads] = [0, 0, 0];
    const load = async (): Promise<string> => {
      loads += 1;
      running += 1;
      most = Math.max(most, running);
      begun.resolve();
      await goOn.promise;
      running -= 1;
      return 'v';
    };
    const ask = () =>
      Array.from({ length: 300 }, async (_, at) => replicas[at % 3]?.through(request(`k${at % 30}`, load)));
    const before = ask();
    await begun.promise;
    await server.restart();
    const after = ask();
    goOn.resolve();

    expect(new Set(await Promise.all([...before, ...after]))).toEqual(new Set(['v']));
    expect(most).toBeLessThanOrEqual(12);
    expect(loads).toBeLessThanOrEqual(3 * 30 * 3);
    await eventually(async () => {
      await replicas[0]?.through(request('back', () => Promise.resolve('kept')));
      expect(await replicas[1]?.through(request('back', () => Promise.reject(new Error('not kept'))))).toBe('kept');
    });
  });

  it('R31: answers rightly, and mixes nothing up, while FLUSHALL empties it again and again', async () => {
    const replicas = await Promise.all([replica(), replica()]);
    const admin = await connect();
    for (let round = 0; round < 20; round += 1) {
      const asked = Array.from({ length: 100 }, async (_, at) => {
        const key = `key-${at % 10}`;
        return [key, await replicas[at % 2]?.through(request(key, () => Promise.resolve(`value of ${key}`)))];
      });
      await admin.call(undefined, ['FLUSHALL']);
      for (const [key, value] of await Promise.all(asked)) expect(value).toBe(`value of ${key}`);
    }
    expect(replicas.map((cache) => cache.counts.of('strange-entry'))).toEqual([0, 0]);
  });

  it('R04 R31: gives up a server that is frozen, and no late answer of it is taken for another', async () => {
    const cache = await replica();
    const admin = await connect();
    for (const key of ['a', 'b', 'c']) await cache.through(request(key, () => Promise.resolve(`cached ${key}`)));
    await admin.call(undefined, ['CLIENT', 'PAUSE', '600', 'ALL']);
    const frozen = await Promise.all(
      ['a', 'b', 'c'].map((key) => cache.through(request(key, () => Promise.resolve(`loaded ${key}`)))),
    );

    expect(frozen).toEqual(['loaded a', 'loaded b', 'loaded c']);
    expect(cache.healthy).toBe(false);
    await eventually(async () => {
      for (const key of ['c', 'a', 'b'])
        expect(await cache.through(request(key, () => Promise.resolve('loaded')))).toBe(`cached ${key}`);
    });
  });

  describe('that is full', () => {
    it('R08: goes on from the origin where it refuses to write', async () => {
      const admin = await connect();
      await admin.call(undefined, ['CONFIG', 'SET', 'maxmemory', '1']);
      const cache = await replica();

      for (const value of ['a', 'b'])
        expect(await cache.through(request(`full-${value}`, () => Promise.resolve(value)))).toBe(value);
      await admin.call(undefined, ['CONFIG', 'SET', 'maxmemory', '0']);
      expect(cache.healthy).toBe(false);
    });
  });
});
