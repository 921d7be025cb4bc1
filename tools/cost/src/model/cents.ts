/**
 * Amounts of money in whole cents whose sum is the sum of the amounts, rounded: the cents that rounding down leaves over go
 * to those that it cut most (the method of the largest remainder).
 */
export function inCents(usd: readonly number[]): number[] {
  const exact = usd.map((amount) => amount * 100);
  const cents = exact.map(Math.floor);
  const total = Math.round(exact.reduce((sum, amount) => sum + amount, 0));
  const left = total - cents.reduce((sum, amount) => sum + amount, 0);
  const byRemainder = exact
    .map((amount, at) => ({ at, remainder: amount - Math.floor(amount) }))
    .sort((one, other) => other.remainder - one.remainder || one.at - other.at);
  for (const { at } of byRemainder.slice(0, Math.max(0, left))) cents[at] = (cents[at] ?? 0) + 1;
  return cents;
}

/** Cents as dollars with two places, in groups of thousands. */
export function dollars(cents: number): string {
  return (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
