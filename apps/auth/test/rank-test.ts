/**
 * How far two samples lie apart, in standard deviations of the rank sum (Mann and Whitney, 1947): about 0 where both come
 * from one distribution, whatever that is; beyond 4 once in 15,000 times by chance. Outliers count by their rank alone.
 */
export function rankDistance(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  const wins = first.reduce((sum, a) => sum + second.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  return (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}
