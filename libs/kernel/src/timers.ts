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

/**
 * Does the work with a signal that is aborted, with a `TimeoutError`, if it is not done after so many milliseconds. As
 * `AbortSignal.timeout`, but for the time of the work alone: that goes off later for each call that was answered in time,
 * error and all, which is a good part of what a call costs (measured).
 */
export async function withinTime<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = (): void => controller.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'));
  const timer = setTimeout(late, ms);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
