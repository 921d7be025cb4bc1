import { type Timers, systemTimers } from '@lethe/kernel';

/** The places for messages in a consumer: what is not free is being handled, or promised to a poll in flight (R11). */
export class Slots {
  #free: number;
  readonly #changed = new Set<() => void>();

  constructor(
    total: number,
    private readonly timers: Timers = systemTimers,
  ) {
    this.#free = total;
  }

  get free(): number {
    return this.#free;
  }

  /**
   * Takes up to `max` slots: as many as are free once there are `max` of them, or once there is one and `lingerMs` has
   * passed, so that a busy consumer asks for full batches and a slow one for what it can take. Gives 0 once aborted.
   */
  async take(max: number, lingerMs: number, signal: AbortSignal): Promise<number> {
    while (!signal.aborted) {
      if (this.#free === 0) await this.#change(signal);
      else if (this.#free < max) await this.#reach(max, lingerMs, signal);
      const taken = signal.aborted ? 0 : Math.min(this.#free, max);
      this.#free -= taken;
      if (taken > 0) return taken;
    }
    return 0;
  }

  give(count: number): void {
    if (count === 0) return;
    this.#free += count;
    for (const wake of this.#changed) wake();
  }

  async #reach(count: number, lingerMs: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const cancel = this.timers.after(lingerMs, () => over.abort());
    const linger = AbortSignal.any([signal, over.signal]);
    while (this.#free < count && !linger.aborted) await this.#change(linger);
    cancel();
  }

  /** Waits for the next change or the signal. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#changed.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#changed.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
