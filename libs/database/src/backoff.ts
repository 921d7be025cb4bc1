/**
 * Full jitter (R06): a delay in milliseconds drawn evenly from 0 up to base x 2^attempt, never above the cap.
 * `attempt` counts from 0. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export function fullJitter(
  attempt: number,
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  random: () => number = Math.random,
): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** attempt));
}
