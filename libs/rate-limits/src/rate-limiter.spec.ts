import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';
import { RateLimitContentionError, RateLimitUnavailableError, RateRuleError } from './rate-limits.errors.js';
import { type RateRule } from './rate-rule.js';
import { type RateLimitStore } from './store/rate-limit-store.js';

const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };
const failing = (reason: Error): RateLimitStore => ({
  take: () => Promise.reject(reason),
  peek: () => Promise.reject(reason),
});

describe('RateLimiter', () => {
  it.each<[string, Partial<RateRule>]>([
    ['a name that is no kebab-case', { name: 'Demo rule' }],
    ['a limit of nothing', { limit: 0 }],
    ['half a permit', { limit: 1.5 }],
    ['no window', { windowSeconds: 0 }],
    ['half a second', { windowSeconds: 0.5 }],
    ['a window of a year', { windowSeconds: 31_536_000 }],
  ])('refuses a rule with %s', async (_, fault) => {
    const limiter = new RateLimiter({ store: failing(new Error('never asked')) });

    await expect(limiter.take({ ...rule, ...fault }, 'x')).rejects.toBeInstanceOf(RateRuleError);
  });

  it('S51: is not switched off by a flood that makes replicas fight for a counter', async () => {
    const limiter = new RateLimiter({ store: failing(new RateLimitContentionError('demo#x', 25, undefined)) });

    await expect(limiter.take({ ...rule, onFailure: 'open' }, 'x')).rejects.toBeInstanceOf(RateLimitUnavailableError);
  });

  it('R08: does not wait for counters that failed five times in a row, and looks again once a second', async () => {
    let [now, calls, away] = [0, 0, true];
    const ask = () => {
      calls += 1;
      return away ? Promise.reject(new Error('away')) : Promise.resolve({ granted: 1, used: 1, nextMs: 60_000 });
    };
    const limiter = new RateLimiter({ store: { take: ask, peek: ask }, monotonic: () => now });
    const takes = async (count: number) => {
      calls = 0;
      const statuses = [];
      for (let index = 0; index < count; index += 1) statuses.push((await limiter.take(rule, 'x')).enforced);
      return { calls, enforced: statuses.filter(Boolean).length };
    };

    expect(await takes(20)).toEqual({ calls: 5, enforced: 0 });
    await expect(limiter.take({ ...rule, onFailure: 'closed' }, 'x')).rejects.toMatchObject({ status: 503 });
    now += 1_000;
    expect(await takes(20)).toEqual({ calls: 1, enforced: 0 });
    now += 1_000;
    away = false;
    expect(await takes(20)).toEqual({ calls: 20, enforced: 20 });
  });

  it('S51: goes on to ask as long as now and then one succeeds', async () => {
    let calls = 0;
    const ask = () => {
      calls += 1;
      return calls % 5 === 0
        ? Promise.resolve({ granted: 1, used: 1, nextMs: 60_000 })
        : Promise.reject(new Error('busy'));
    };
    const limiter = new RateLimiter({ store: { take: ask, peek: ask }, monotonic: () => 0 });

    for (let index = 0; index < 50; index += 1) await limiter.take(rule, 'x');

    expect(calls).toBe(50);
  });

  it('keeps the cause where it fails closed, and says when to come again', async () => {
    const cause = new Error('away');
    const limiter = new RateLimiter({ store: failing(cause) });

    await expect(limiter.peek({ ...rule, onFailure: 'closed' }, 'x')).rejects.toMatchObject({
      status: 503,
      cause,
      headers: { 'retry-after': '1' },
    });
  });
});
