import { setTimeout } from 'node:timers/promises';

/** Waits, at most until the signal aborts; resolves either way, so callers look at the signal themselves. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const delay = Math.max(0, milliseconds);
  if (signal === undefined) return setTimeout(delay);
  try {
    await setTimeout(delay, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * A delay with full jitter (R06): evenly distributed between 0 and `min(capMs, baseMs * 2^(attempt - 1))`.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter". `attempt` counts from 1.
 */
export function fullJitter(
  attempt: number,
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  random: () => number = Math.random,
): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
}
