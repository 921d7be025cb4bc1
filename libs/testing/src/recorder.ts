import { NeverHappenedError } from './testing.errors.js';

/** A function that remembers what it was called with, and lets a test await the calls to come. */
export interface Recorder<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  /** The arguments of every call so far, oldest first. */
  readonly calls: readonly Args[];
  /**
   * Resolves with the arguments of the next `count` calls, 1 by default, that no earlier `next` took; calls made before
   * it was asked count too. Rejects with a {@link NeverHappenedError} after `timeoutMs`, 10,000 by default.
   */
  next(count?: number, timeoutMs?: number): Promise<Args[]>;
}

interface Waiter<Args> {
  readonly count: number;
  readonly resolve: (calls: Args[]) => void;
}

/** Records calls and answers what `answer` answers; without one, nothing. */
export function recorder<Args extends readonly unknown[] = unknown[]>(): Recorder<Args, void>;
export function recorder<Args extends readonly unknown[], Result>(
  answer: (...args: Args) => Result,
): Recorder<Args, Result>;
export function recorder<Args extends readonly unknown[], Result>(
  answer?: (...args: Args) => Result,
): Recorder<Args, Result | undefined> {
  const calls: Args[] = [];
  const waiting: Waiter<Args>[] = [];
  let taken = 0;

  const serve = (): void => {
    for (let first = waiting[0]; first && calls.length - taken >= first.count; first = waiting[0]) {
      waiting.shift();
      first.resolve(calls.slice(taken, taken + first.count));
      taken += first.count;
    }
  };
  const record = (...args: Args): Result | undefined => {
    calls.push(args);
    serve();
    return answer?.(...args);
  };
  const next = (count = 1, timeoutMs = 10_000): Promise<Args[]> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(waiter), 1);
        const what = `${count} more calls within ${timeoutMs} ms, of ${calls.length} in all`;
        reject(new NeverHappenedError(what));
        serve();
      }, timeoutMs);
      const waiter: Waiter<Args> = {
        count,
        resolve: (found) => {
          clearTimeout(timer);
          resolve(found);
        },
      };
      waiting.push(waiter);
      serve();
    });
  return Object.assign(record, { calls, next });
}
