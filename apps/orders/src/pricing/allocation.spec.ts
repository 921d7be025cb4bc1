import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AllocationError, allocate, shareOf } from './allocation.js';

const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 40 });
const sumOf = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const shared = weights
  .filter((all) => sumOf(all) > 0)
  .chain((all) => fc.tuple(fc.constant(all), fc.integer({ min: 0, max: sumOf(all) })));

describe('allocate', () => {
  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [7, 2, 1], [4, 1, 0]],
    [1, [1, 5, 5], [0, 1, 0]],
    [0, [0, 0], [0, 0]],
    [7, [0, 3], [0, 7]],
  ])('shares %i out to %j as %j', (total, by, shares) => {
    expect(allocate(total, by)).toEqual(shares);
  });

  it('R26: conserves the total, and gives each their exact share rounded up or down', () => {
    fc.assert(
      fc.property(shared, ([by, total]) => {
        const shares = allocate(total, by);
        const sum = BigInt(sumOf(by));

        expect(sumOf(shares)).toBe(total);
        for (const [at, share] of shares.entries()) {
          const off = BigInt(share) * sum - BigInt(total) * BigInt(by[at] ?? 0);
          expect(off > -sum && off < sum).toBe(true);
        }
      }),
    );
  });

  it('gives nobody more than they weigh, and nothing to who weighs nothing, of a total within the weights', () => {
    fc.assert(
      fc.property(shared, ([by, total]) => {
        const shares = allocate(total, by);

        expect(shares.every((share, at) => share >= 0 && share <= (by[at] ?? 0))).toBe(true);
      }),
    );
  });

  it('stays exact where a float would not', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const shares = allocate(most, [1, 1, most - 2]);

    expect(shares).toEqual([1, 1, most - 2]);
  });

  it.each([
    [1, [0, 0]],
    [1, []],
    [-1, [1]],
    [0.5, [1]],
    [1, [-1, 2]],
    [1, [Number.NaN]],
  ])('refuses to share %d out to %j', (total, by) => {
    expect(() => allocate(total, by)).toThrow(AllocationError);
  });
});

describe('shareOf', () => {
  it.each([
    [25, 10, 100, 3],
    [24, 10, 100, 2],
    [1_999, 2_550, 10_000, 510],
    [1, 810, 10_000, 0],
    [Number.MAX_SAFE_INTEGER, 100, 100, Number.MAX_SAFE_INTEGER],
  ])('rounds %i * %i / %i half up to %i', (value, numerator, denominator, share) => {
    expect(shareOf(value, numerator, denominator)).toBe(share);
  });
});
