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
