import { setTimeout as pause } from 'node:timers/promises';
import { NeverHappenedError } from './testing.errors.js';

export interface EventuallyOptions {
  /** How long to keep trying, in milliseconds. */
  readonly timeoutMs?: number;
  /** Pause between tries, in milliseconds. */
  readonly everyMs?: number;
}

/**
 * Tries the assertion again and again until it passes, and answers what it returned: the test waits for the condition
 * and no longer. Throws a {@link NeverHappenedError}, whose cause is the last failure, when the time is up.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (cause) {
      if (performance.now() + everyMs > deadline) throw new NeverHappenedError(`within ${timeoutMs} ms`, cause);
      await pause(everyMs);
    }
  }
}
