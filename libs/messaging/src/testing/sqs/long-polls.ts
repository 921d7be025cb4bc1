import type { Timers } from '@lethe/kernel';
import { aborted } from '../wire/aws-errors.js';

export interface ReceiveRequest {
  readonly max: number;
  readonly visibilitySeconds: number | undefined;
  readonly waitSeconds: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface Waiting<Item> {
  readonly request: ReceiveRequest;
  readonly end: (items: readonly Item[]) => void;
}

export interface LongPollsOptions<Item> {
  readonly time: Timers;
  readonly take: (request: ReceiveRequest) => readonly Item[];
  /** When there may be something to take that is not there now, on the monotonic clock; Infinity for never. */
  readonly nextAt: () => number;
}

/** Receives that wait for a message, first come, first served. */
export class LongPolls<Item> {
  #waiting: Waiting<Item>[] = [];
  #cancelNext: (() => void) | undefined;

  constructor(private readonly options: LongPollsOptions<Item>) {}

  /** What there is, or what comes within so many milliseconds. */
  poll(request: ReceiveRequest, waitMs: number, signal: AbortSignal | undefined): Promise<readonly Item[]> {
    const { time, take } = this.options;
    const items = take(request);
    if (items.length > 0 || waitMs === 0) return Promise.resolve(items);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        cancel();
        signal?.removeEventListener('abort', abandon);
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      };
      const end = (found: readonly Item[]): void => {
        leave();
        resolve(found);
      };
      const abandon = (): void => {
        leave();
        reject(aborted());
      };
      const waiting: Waiting<Item> = { request, end };
      const cancel = time.after(waitMs, () => end([]));
      signal?.addEventListener('abort', abandon, { once: true });
      this.#waiting.push(waiting);
      this.#watch();
    });
  }

  /** Serves those who wait, since something has changed. */
  wake(): void {
    for (const { request, end } of this.#waiting) {
      const items = this.options.take(request);
      if (items.length === 0) break;
      end(items);
    }
    this.#watch();
  }

  close(): void {
    for (const { end } of this.#waiting) end([]);
    this.#cancelNext?.();
  }

  /** Comes back when a hidden message becomes visible. */
  #watch(): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    if (this.#waiting.length === 0) return;
    const { time, nextAt } = this.options;
    const at = nextAt();
    if (at !== Infinity) this.#cancelNext = time.after(at - time.monotonic(), () => this.wake());
  }
}
