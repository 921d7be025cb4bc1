import { type Clock, systemClock } from './clock.js';

/** Time and chance as a component meets them. Production uses {@link systemTimers}; a simulation hands in its own. */
export interface Timers extends Clock {
  /** Milliseconds that never go back, for durations. */
  monotonic(): number;
  /** Calls once, so many milliseconds from now. Gives what cancels the call. */
  after(ms: number, call: () => void): () => void;
  /** From 0 up to 1, which is not reached. */
  readonly random: () => number;
}

export const systemTimers: Timers = {
  now: () => systemClock.now(),
  monotonic: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Waits so many milliseconds, or less where the signal is aborted before or meanwhile. Never rejects. */
export function pause(ms: number, signal?: AbortSignal, timers: Pick<Timers, 'after'> = systemTimers): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = timers.after(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
