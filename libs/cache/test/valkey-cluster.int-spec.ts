import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestValkeyCluster, describeWithValkey, startTestValkeyCluster } from '@lethe/local-cloud';
import { Valkey } from '@lethe/valkey';
import { Cache } from '../src/cache.js';
import { ValkeyCacheStore } from '../src/valkey-store.js';
import { textOf } from './cache.fixture.js';
import { describeCacheStore } from './cache-store.contract.js';

describeWithValkey('a cache on a cluster of three nodes', () => {
  let cluster: TestValkeyCluster;
  let valkey: Valkey;
  beforeAll(async () => {
    cluster = await startTestValkeyCluster();
    valkey = new Valkey({ url: cluster.url });
    await valkey.connect();
  });
  afterAll(async () => {
    await valkey.close();
    await cluster.stop();
  });

  describeCacheStore('a cluster', () => Promise.resolve({ store: new ValkeyCacheStore(valkey) }));

  it('forgets many entries at once, wherever they lie, and all of a tag', async () => {
    const cache = new Cache({ namespace: 'spec', store: new ValkeyCacheStore(valkey) });
    const policy = { name: 'things', ttlMs: 60_000 };
    const ask = (key: string, value: string, tag: Partial<{ tag: string }> = {}) =>
      cache.through({ policy, key, ...tag, parse: textOf, load: () => Promise.resolve(value) });
    const keys = Array.from({ length: 300 }, (_, at) => `k${at}`);
    await Promise.all(keys.map((key) => ask(key, 'old')));
    await ask('page', 'old', { tag: 'pages' });
    expect(await ask('k0', 'new')).toBe('old');

    const forgotten = keys.map((key) => ({ policy, key }));
    expect(await cache.invalidate(forgotten, ['pages'])).toBe(true);

    expect(new Set(await Promise.all(keys.map((key) => ask(key, 'new'))))).toEqual(new Set(['new']));
    expect(await ask('page', 'new', { tag: 'pages' })).toBe('new');
  });
});
