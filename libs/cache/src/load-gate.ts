import type { Timers } from '@lethe/kernel';
import { CacheOverloadedError } from './cache.errors.js';

export interface LoadGateOptions {
  readonly maxLoads: number;
  readonly maxWaiting: number;
  readonly turnMs: number;
  readonly timers: Pick<Timers, 'after'>;
}

/** Lets so many loads run at once and the others wait for their turn, so that the origin stays within its limits (R11). */
export class LoadGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly options: LoadGateOptions) {}

  get running(): number {
    return this.#running;
  }

  /** Whether a load would begin at once. */
  get open(): boolean {
    return this.#running < this.options.maxLoads && this.#waiting.length === 0;
  }

  /** Runs the load when it is its turn. Throws a {@link CacheOverloadedError}, and what the load throws. */
  async run<T>(load: () => Promise<T>): Promise<T> {
    // Whoever ends a load hands its place on, so a place that was waited for is counted already.
    if (this.open) this.#running += 1;
    else await this.#turn();
    try {
      return await load();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #turn(): Promise<void> {
    const { maxWaiting, turnMs, timers } = this.options;
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new CacheOverloadedError('too many wait'));
    return new Promise((resolve, reject) => {
      const cancel = timers.after(turnMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new CacheOverloadedError('waited too long'));
      });
      const enter = (): void => {
        cancel();
        resolve();
      };
      this.#waiting.push(enter);
    });
  }
}
