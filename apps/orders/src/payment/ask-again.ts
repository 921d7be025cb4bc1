/** Least and most milliseconds until a provider that has not settled a matter is asked again. */
const LEAST_MS = 30_000;
const MOST_MS = 3_600_000;

/**
 * When to ask again about what has been open for so many milliseconds: after as long again. The count of askings needs no
 * place of its own, and grows with the logarithm of the time.
 */
export function askAgainAt(openMs: number): number {
  return Date.now() + Math.min(Math.max(openMs, LEAST_MS), MOST_MS);
}
