/**
 * The value below or at which `percent` of all lie: the nearest rank, which is always one of the values (NIST, Engineering
 * Statistics Handbook, 7.2.6.2, without interpolation). `ascending` must be sorted. NaN of nothing.
 */
export function percentile(ascending: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return ascending[rank - 1] ?? Number.NaN;
}

/** The nearest-rank median of values in any order. */
export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    50,
  );
}
