import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullJitter } from './backoff.js';

describe('fullJitter', () => {
  it('R06: stays between 0 and the cap, and below base x 2^attempt', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, baseMs, capMs, drawn) => {
          const delay = fullJitter(attempt, { baseMs, capMs }, () => drawn);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** attempt));
        },
      ),
    );
  });

  it('R06: is not constant', () => {
    const delays = Array.from({ length: 100 }, () => fullJitter(10, { baseMs: 100, capMs: 10_000 }));

    expect(new Set(delays).size).toBeGreaterThan(10);
  });
});
