import { describe, expect, it } from '@jest/globals';
import { counterOf } from './counter-of.js';
import { type RateRule } from './rate-rule.js';

describe('counterOf', () => {
  const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };

  it('S54: names the rule, and of the key only a hash', () => {
    expect(counterOf(rule, 'ada@example.com').id).toMatch(/^demo#[\w-]{43}$/);
  });

  it('S27: counts the addresses of one IPv6 host together where keys are addresses', () => {
    const addresses: RateRule = { ...rule, addresses: true };

    expect(counterOf(addresses, '2001:db8:1:2::1')).toEqual(counterOf(addresses, '2001:db8:1:2:ffff::2'));
    expect(counterOf(rule, '2001:db8:1:2::1')).not.toEqual(counterOf(rule, '2001:db8:1:2:ffff::2'));
  });
});
