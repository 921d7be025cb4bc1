import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { CircuitBreaker } from './circuit-breaker.js';
import { RetryBudget } from './retry-budget.js';

describe('CircuitBreaker', () => {
  it('R08: opens after failures in a row, tries once per period, and closes on success', () => {
    const clock = new FakeClock();
    const breaker = new CircuitBreaker({ failures: 2, openMs: 1_000, clock });

    breaker.failed();
    expect(breaker.allows()).toBe(true);
    breaker.failed();
    expect(breaker.allows()).toBe(false);

    clock.advance(1_000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.succeeded();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
  });

  it('forgets failures that are not in a row', () => {
    const breaker = new CircuitBreaker({ failures: 2 });

    breaker.failed();
    breaker.succeeded();
    breaker.failed();

    expect(breaker.allows()).toBe(true);
  });
});

describe('RetryBudget', () => {
  it('R07: adds at most a tenth of the load when all calls fail', () => {
    const budget = new RetryBudget();
    for (let at = 0; at < 1_000; at += 1) budget.succeeded();

    const retries = Array.from({ length: 1_000 }, () => budget.take()).filter(Boolean).length;

    expect(retries).toBeLessThanOrEqual(100);
  });

  it('earns a retry by ten successes', () => {
    const budget = new RetryBudget(1, 0.1);

    expect([budget.take(), budget.take()]).toEqual([true, false]);
    for (let at = 0; at < 11; at += 1) budget.succeeded();
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });
});
