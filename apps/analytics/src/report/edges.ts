import { type Period, boundsOf } from './period.js';

/** A bound as a parameter of a statement. */
type Bound = Date | string;
/** From the first, included, to the second, excluded. */
export type Range = readonly [Bound, Bound];
/** At most two, of which each may be empty. */
export type Ranges = readonly [Range, Range];

const MINUTE_MS = 60_000;
const WIDTHS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS } as const;
export type Grain = keyof typeof WIDTHS | 'month';

const EMPTY: Range = ['infinity', '-infinity'];

/**
 * A period, cut for reading: for each grain, from the widest, the whole buckets that are in no wider one, and at last what
 * is left to be read from facts, one by one: less than two of the narrowest. However long the history is, no more is read
 * than a few wide buckets and the narrow ones at both ends. Buckets begin at whole minutes, hours, days and months of UTC.
 */
export function cutOf(period: Period, grains: readonly Grain[]): readonly Ranges[] {
  const [from, to] = boundsOf(period);
  let left: [number, number][] = [[msOf(from), msOf(to)]];
  const cut = grains.map((grain) => {
    const taken: Range[] = [];
    left = left.flatMap(([begin, end]): [number, number][] => {
      const [first, last] = [up(begin, grain), down(end, grain)];
      if (first >= last) return [[begin, end]];
      taken.push([boundOf(first), boundOf(last)]);
      return [
        [begin, first],
        [last, end],
      ];
    });
    left = left.filter(([begin, end]) => begin < end);
    return twoOf(taken);
  });
  return [...cut, twoOf(left.map(([begin, end]) => [boundOf(begin), boundOf(end)]))];
}

/** The same as parameters of a statement: four for each grain, and four for the facts. */
export const parametersOf = (cut: readonly Ranges[]): Bound[] => cut.flat(2);

/** The condition that a time lies in the ranges which are the parameters from `first` on. */
export const inRanges = (time: string, first: number): string =>
  `(${time} >= $${first}::timestamptz AND ${time} < $${first + 1}::timestamptz
     OR ${time} >= $${first + 2}::timestamptz AND ${time} < $${first + 3}::timestamptz)`;

const twoOf = ([one = EMPTY, other = EMPTY]: readonly Range[]): Ranges => [one, other];

const msOf = (bound: Bound): number =>
  typeof bound === 'string' ? (bound === 'infinity' ? Infinity : -Infinity) : bound.getTime();

function boundOf(at: number): Bound {
  if (Number.isFinite(at)) return new Date(at);
  return at > 0 ? 'infinity' : '-infinity';
}

function down(at: number, grain: Grain): number {
  if (!Number.isFinite(at)) return at;
  if (grain === 'month') return new Date(at).setUTCDate(1) - (at - Math.floor(at / WIDTHS.day) * WIDTHS.day);
  return Math.floor(at / WIDTHS[grain]) * WIDTHS[grain];
}

function up(at: number, grain: Grain): number {
  const start = down(at, grain);
  if (start === at) return at;
  if (grain !== 'month') return start + WIDTHS[grain];
  const month = new Date(start);
  return month.setUTCMonth(month.getUTCMonth() + 1);
}
