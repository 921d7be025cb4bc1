import { describe, expect, it } from '@jest/globals';
import { median, percentile } from './statistics.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('percentile', () => {
  it('is the nearest rank, one of the values and never between two', () => {
    const ascending = [15, 20, 35, 40, 50];

    expect([5, 30, 40, 50, 100].map((percent) => percentile(ascending, percent))).toEqual([15, 20, 20, 35, 50]);
  });

  it('passes over exactly one slow in a hundred, and not over one more', () => {
    const fast = Array.from({ length: 19_800 }, () => 2);
    const slow = Array.from({ length: 200 }, () => 500);

    expect(percentile([...fast, ...slow], 99)).toBe(2);
    expect(percentile([...fast.slice(1), 500, ...slow], 99)).toBe(500);
  });

  it('takes the first of few, and knows nothing of none', () => {
    expect(percentile([7], 50)).toBe(7);
    expect(percentile(upTo(100), 0)).toBe(1);
    expect(percentile([], 50)).toBeNaN();
  });
});

describe('median', () => {
  it('sorts by number', () => {
    expect(median([10, 9, 100])).toBe(10);
  });
});
