import { randomUUID } from 'node:crypto';
import { describeWithValkey } from '@lethe/local-cloud';
import { Valkey } from '@lethe/valkey';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RateLimiter } from '../src/rate-limiter.js';
import { type RateRule } from '../src/rate-rule.js';
import { ValkeyRateLimits } from '../src/store/valkey-rate-limits.js';
import { describeRateLimitStore } from './describe-rate-limit-store.js';

const keysOf = (valkey: Valkey, prefix: string) => valkey.call<string[]>(undefined, ['KEYS', `${prefix}*`]);

describeWithValkey('Valkey', (url) => {
  describeRateLimitStore('Valkey', async () => {
    const valkey = new Valkey({ url });
    await valkey.connect();
    const prefix = `limits-${randomUUID()}:`;
    return {
      replica: (clock) => new ValkeyRateLimits({ valkey, prefix, ...(clock && { clock }) }),
      contents: async () => {
        const keys = await keysOf(valkey, prefix);
        const lists = await Promise.all(keys.map((key) => valkey.call<string[]>(key, ['LRANGE', key, '0', '-1'])));
        const sizes = await Promise.all(keys.map((key) => valkey.call<number>(key, ['MEMORY', 'USAGE', key])));
        return { text: JSON.stringify([keys, lists]), largestBytes: Math.max(...sizes) };
      },
      close: () => valkey.close(),
    };
  });
});

describeWithValkey('ValkeyRateLimits', (url) => {
  const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };
  const prefix = `limits-${randomUUID()}:`;
  const valkey = new Valkey({ url });
  beforeAll(() => valkey.connect());
  afterAll(() => valkey.close());

  it('R36: goes by the clock of the server, whatever the clocks of the replicas', async () => {
    const limiter = new RateLimiter({ store: new ValkeyRateLimits({ valkey, prefix }) });
    const before = await valkey.call<[string, string]>(undefined, ['TIME']);
    await limiter.take(rule, 'ada');

    const [key = ''] = await keysOf(valkey, prefix);
    const [entry = ''] = await valkey.call<string[]>(key, ['LRANGE', key, '0', '-1']);

    expect(Number(entry.split(':')[0])).toBeGreaterThanOrEqual(Number(before[0]) * 1000);
    expect(await valkey.call<number>(key, ['PTTL', key])).toBeGreaterThan(50_000);
    expect(await valkey.call<number>(key, ['PTTL', key])).toBeLessThanOrEqual(60_000);
  });

  it('R31: fails open or closed, as the rule says, without a connection', async () => {
    const errors: unknown[] = [];
    const store = new ValkeyRateLimits({ valkey: new Valkey({ url: 'redis://127.0.0.1:1' }), prefix });
    const lost = new RateLimiter({ store, onError: (error) => errors.push(error) });

    expect(await lost.take(rule, 'x')).toMatchObject({ enforced: false });
    await expect(lost.take({ ...rule, onFailure: 'closed' }, 'x')).rejects.toMatchObject({ status: 503 });
    expect(errors).toHaveLength(2);
  });
});
