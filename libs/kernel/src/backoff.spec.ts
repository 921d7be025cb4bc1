import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullJitter } from './backoff.js';

const bound = fc.double({ min: 0, max: 1e6, noNaN: true });

describe('fullJitter', () => {
  it('R06: stays from 0 to the cap, whatever the attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.record({ base: bound, cap: bound }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, { base, cap }, random) => {
          const pause = fullJitter(attempt, { base, cap }, () => random);

          expect(pause).toBeGreaterThanOrEqual(0);
          expect(pause).toBeLessThanOrEqual(cap);
          expect(pause).toBeLessThanOrEqual(base * 2 ** Math.min(Math.max(attempt - 1, 0), 1_000));
        },
      ),
    );
  });

  it('R06: spreads over the whole range, and is not constant', () => {
    const pauses = Array.from({ length: 2_000 }, () => fullJitter(50, { base: 1, cap: 300 }) / 300);
    const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;

    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
    expect(Math.min(...pauses)).toBeLessThan(0.05);
    expect(Math.max(...pauses)).toBeGreaterThan(0.95);
  });

  it('doubles its bound with each attempt until the cap', () => {
    const bounds = [1, 2, 3, 4, 10].map((attempt) => fullJitter(attempt, { base: 1, cap: 6 }, () => 1));

    expect(bounds).toEqual([1, 2, 4, 6, 6]);
  });
});
