import { describe, expect, it } from '@jest/globals';
import { type Grain, type Ranges, cutOf } from './edges.js';
import { periodOf } from './period.js';

const text = (bound: Date | string): string => (typeof bound === 'string' ? bound : bound.toISOString().slice(5, 23));
const isEmpty = ([from]: Ranges[number]): boolean => from === 'infinity';
const parts = (cut: readonly Ranges[]): string[][] =>
  cut.map((ranges) => ranges.filter((range) => !isEmpty(range)).map(([from, to]) => `${text(from)} ${text(to)}`));

describe('cutOf', () => {
  it('reads whole buckets, then narrower ones on both sides, then facts', () => {
    const period = periodOf({ from: '2026-01-01T10:30:15.250Z', to: '2026-01-04T08:05:30Z' });

    expect(parts(cutOf(period, ['day', 'minute']))).toEqual([
      ['01-02T00:00:00.000 01-04T00:00:00.000'],
      ['01-01T10:31:00.000 01-02T00:00:00.000', '01-04T00:00:00.000 01-04T08:05:00.000'],
      ['01-01T10:30:15.250 01-01T10:31:00.000', '01-04T08:05:00.000 01-04T08:05:30.000'],
    ]);
  });

  it('reads months of any length', () => {
    const period = periodOf({ from: '2026-01-31T22:00:00Z', to: '2026-04-02T01:30:00Z' });

    expect(parts(cutOf(period, ['month', 'day', 'hour']))).toEqual([
      ['02-01T00:00:00.000 04-01T00:00:00.000'],
      ['04-01T00:00:00.000 04-02T00:00:00.000'],
      ['01-31T22:00:00.000 02-01T00:00:00.000', '04-02T00:00:00.000 04-02T01:00:00.000'],
      ['04-02T01:00:00.000 04-02T01:30:00.000'],
    ]);
  });

  it('reads nothing else where the period is of whole buckets', () => {
    expect(parts(cutOf(periodOf({ from: '2026-01-01', to: '2026-01-31' }), ['day', 'minute']))).toEqual([
      ['01-01T00:00:00.000 02-01T00:00:00.000'],
      [],
      [],
    ]);
    expect(parts(cutOf(periodOf({}), ['hour', 'minute']))).toEqual([['-infinity infinity'], [], []]);
  });

  it('reads facts alone where the period lies in one bucket', () => {
    const period = periodOf({ from: '2026-01-01T10:30:15Z', to: '2026-01-01T10:30:45Z' });

    expect(parts(cutOf(period, ['hour', 'minute']))).toEqual([[], [], ['01-01T10:30:15.000 01-01T10:30:45.000']]);
  });

  it('takes every millisecond of the period once', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    const grains: readonly Grain[][] = [['minute'], ['hour', 'minute'], ['day', 'minute'], ['month', 'day', 'hour']];
    for (let seed = 1; seed < 400; seed += 1) {
      const from = start + ((seed * 7_919_333) % 6_000_000_000);
      const to = from + 1 + ((seed * 104_729_111) % (seed % 3 === 0 ? 100_000 : 9_000_000_000));
      for (const widths of grains) {
        const pairs = cutOf({ from: new Date(from), to: new Date(to) }, widths)
          .flat()
          .filter((range) => !isEmpty(range))
          .map((pair) => pair.map((at) => new Date(at).getTime()))
          .toSorted(([one = 0], [other = 0]) => one - other);
        expect([pairs[0]?.[0], pairs.at(-1)?.[1]]).toEqual([from, to]);
        expect(pairs.slice(1).map(([begin]) => begin)).toEqual(pairs.slice(0, -1).map(([, end]) => end));
      }
    }
  });
});
