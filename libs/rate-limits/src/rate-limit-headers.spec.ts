import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { TooManyRequestsError } from './rate-limits.errors.js';
import { type RateLimitStatus, type RateRule } from './rate-rule.js';

const burst: RateRule = { name: 'burst', limit: 100, windowSeconds: 60 };
const daily: RateRule = { name: 'daily', limit: 1000, windowSeconds: 86_400 };
const status = (rule: RateRule, rest: Partial<RateLimitStatus>): RateLimitStatus => ({
  rule,
  remaining: 0,
  resetSeconds: 0,
  enforced: true,
  ...rest,
});

describe('rateLimitHeaders', () => {
  it('S51: are the fields of draft-ietf-httpapi-ratelimit-headers-11, a member per rule', () => {
    const headers = rateLimitHeaders([
      status(burst, { remaining: 50, resetSeconds: 30 }),
      status(daily, { remaining: 999, resetSeconds: 4_000 }),
    ]);

    expect(headers).toEqual({
      'ratelimit-policy': '"burst";q=100;w=60, "daily";q=1000;w=86400',
      ratelimit: '"burst";r=50;t=30, "daily";r=999;t=4000',
    });
  });

  it('say nothing of a limit that could not be counted', () => {
    expect(rateLimitHeaders([status(burst, { enforced: false })])).toEqual({});
  });

  it('S51: of a refusal name the rule, and agree with Retry-After', () => {
    const { headers, ...error } = new TooManyRequestsError(status(burst, { resetSeconds: 17 }));

    expect(headers).toEqual({
      'ratelimit-policy': '"burst";q=100;w=60',
      ratelimit: '"burst";r=0;t=17',
      'retry-after': '17',
    });
    expect(error).toMatchObject({ status: 429, extensions: { 'violated-policies': ['burst'] } });
  });
});
