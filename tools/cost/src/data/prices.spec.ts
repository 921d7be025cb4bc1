import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCostData } from './cost-data.js';
import { priceOf } from './prices.js';

const data = readCostData();
const tiered = {
  tiers: [{ usd: 3, upTo: 10 }, { usd: 2, upTo: 20 }, { usd: 1 }],
  unit: 'piece',
  source: 'a test',
  date: '2025-06-01',
};

describe('a price', () => {
  it('is worked out tier by tier', () => {
    expect([0, 5, 10, 15, 20, 30].map((amount) => priceOf(tiered, amount))).toEqual([0, 15, 30, 40, 50, 60]);
  });

  it('of more is never less', () => {
    const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
    for (const price of [tiered, ...Object.values(data.prices.prices)])
      fc.assert(
        fc.property(amount, amount, (one, more) =>
          expect(priceOf(price, one + more)).toBeGreaterThanOrEqual(priceOf(price, one)),
        ),
        { numRuns: 20 },
      );
  });

  it('of the committed list has its unit, its source and its date', () => {
    for (const price of Object.values(data.prices.prices)) {
      expect(price.source).toMatch(/Pricing/);
      expect(price.unit).not.toBe('');
      expect(price.date <= data.profile.date).toBe(true);
    }
  });
});
