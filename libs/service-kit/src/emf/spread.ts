/** Observations between two readings of a histogram: how many were at most `le`, each bound with those of the bounds below. */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

/** "Values … up to 100": AWS, "Specification: Embedded metric format", target members. */
const MOST_VALUES = 100;

/**
 * Values that are spread as the observations were, at most a hundred: every value where there are no more, else one for
 * each hundredth. Inside a bucket they lie evenly; beyond the last bound they are that bound, as in PromQL.
 */
export function spreadOf(buckets: readonly Bucket[]): number[] {
  const sorted = buckets.toSorted((one, other) => one.le - other.le);
  const total = sorted.at(-1)?.count ?? 0;
  const values = Math.min(total, MOST_VALUES);
  return Array.from({ length: values }, (_, at) => valueAt(sorted, ((at + 0.5) / values) * total));
}

function valueAt(sorted: readonly Bucket[], rank: number): number {
  const at = sorted.findIndex(({ count }) => count >= rank);
  const bucket = sorted[at];
  const below = sorted[at - 1] ?? { le: 0, count: 0 };
  if (bucket === undefined || bucket.le === Infinity) return below.le;
  const share = (rank - below.count) / (bucket.count - below.count);
  return Number((below.le + (bucket.le - below.le) * share).toPrecision(4));
}
