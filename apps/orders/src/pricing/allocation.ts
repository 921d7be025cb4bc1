/** A sum cannot be shared out: negative or no whole numbers, or nobody to share it. */
export class AllocationError extends Error {
  override readonly name = 'AllocationError';
}

interface Share {
  readonly at: number;
  readonly whole: bigint;
  readonly remainder: bigint;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * Shares a whole number out in proportion to the weights, by the largest remainder (Hamilton's method): everyone gets the
 * whole part of their share, and the units that are left go to the largest remainders, of equals to the first. The
 * shares add up to the total, each is its exact share rounded up or down, and who weighs nothing gets nothing. So no
 * share is above its weight where the total is not above the weights' sum. Throws an {@link AllocationError}.
 */
export function allocate(total: number, weights: readonly number[]): number[] {
  if (!isCount(total) || !weights.every(isCount)) {
    throw new AllocationError('totals and weights are whole and not negative');
  }
  if (total === 0) return weights.map(() => 0);
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (sum === 0n) throw new AllocationError(`nobody has a share in ${total}`);
  const shares = weights.map((weight, at): Share => {
    const exact = BigInt(total) * BigInt(weight);
    return { at, whole: exact / sum, remainder: exact % sum };
  });
  const given = shares.map(({ whole }) => Number(whole));
  const left = total - Number(shares.reduce((all, { whole }) => all + whole, 0n));
  const byRemainder = shares.toSorted((a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder));
  for (const { at } of byRemainder.slice(0, left)) given[at] = (given[at] ?? 0) + 1;
  return given;
}

/** `value * numerator / denominator`, rounded half up, without a float. For what is not negative. */
export function shareOf(value: number, numerator: number, denominator: number): number {
  const [by, whole] = [BigInt(denominator), BigInt(value) * BigInt(numerator)];
  return Number((2n * whole + by) / (2n * by));
}
