/** How the pause before a retry grows. */
export interface BackoffOptions {
  /** Upper bound of the first pause. */
  readonly base: number;
  /** Upper bound of every pause, in the unit of `base`. */
  readonly cap: number;
}

/**
 * A pause with full jitter: uniform in [0, min(cap, base x 2^(attempt-1))], in the unit of `base`, for the attempt that
 * just failed (1, 2, 3 …). Source: "Exponential Backoff And Jitter", AWS Architecture Blog (R06).
 */
export function fullJitter(attempt: number, { base, cap }: BackoffOptions, random: () => number = Math.random): number {
  const exponent = Math.min(Math.max(attempt, 1) - 1, 1_000);
  return random() * Math.min(cap, base * 2 ** exponent);
}
