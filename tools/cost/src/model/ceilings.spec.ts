import { describe, expect, it } from '@jest/globals';
import { ceilings } from './ceilings.js';
import { data, situationOf } from './situation.fixture.js';

const at = (ordersPerDay: number) =>
  ceilings(situationOf({ ordersPerDay, visitsPerDay: ordersPerDay * 50 }), data.limits);

describe('the ceilings', () => {
  const found = at(1_000);

  it('are reached where use is above the limit, and not before', () => {
    for (const { name, reachedAt } of found.filter((one) => Number.isFinite(one.reachedAt) && one.reachedAt > 1_000)) {
      const use = (orders: number): number => at(orders).find((one) => one.name === name)?.use ?? NaN;
      expect({ name, use: use(reachedAt) }).toEqual({ name, use: expect.any(Number) });
      expect(use(reachedAt)).toBeGreaterThan(1);
      expect(use(reachedAt * 0.99)).toBeLessThanOrEqual(1);
    }
  });

  it('tell the same point from wherever one looks', () => {
    const shares = at(100_000).map(({ reachedAt }, index) => reachedAt / (found[index]?.reachedAt ?? NaN));
    for (const share of shares) expect(share).toBeCloseTo(1, 1);
  });

  it('name a source, what helps, and whether that is a quota or sharding', () => {
    for (const { source, remedy, needs } of found) {
      expect(source).not.toBe('');
      expect(remedy).not.toBe('');
      expect(['quota', 'shard']).toContain(needs);
    }
    expect(found.map(({ component }) => component)).toEqual(
      expect.arrayContaining(['services', 'database', 'tables', 'streams', 'messages', 'cache', 'functions']),
    );
  });
});
