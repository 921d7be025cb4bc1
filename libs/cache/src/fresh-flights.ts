import type { Timers } from '@lethe/kernel';
import type { LoadGate } from './load-gate.js';

/** How long a load waits for the one of its key that began before it. */
const PATIENCE_MS = 100;

/**
 * Single flight in one process, without memory: of one key one load runs and one waits. Nobody is given a load that began
 * before he asked, so what was committed before a request is in its answer; whoever comes while a load runs shares the
 * next one, which begins when that ends, or after 100 ms.
 */
export class FreshFlights {
  readonly #waiting = new Map<string, Promise<unknown>>();
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(
    private readonly gate: LoadGate,
    private readonly timers: Pick<Timers, 'after'>,
  ) {}

  /** The load's outcome, shared with all who ask for the key until it begins. Throws as the gate and the load do. */
  run<T>(key: string, load: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(key);
    // One key is asked for by one kind of request alone, so its loads give one type.
    if (waiting !== undefined) return waiting as Promise<T>;
    const flight = this.#fly(key, load);
    this.#waiting.set(key, flight);
    return flight;
  }

  async #fly<T>(key: string, load: () => Promise<T>): Promise<T> {
    await this.#patience(this.#running.get(key));
    let running: Promise<T> | undefined;
    try {
      return await this.gate.run(() => {
        this.#waiting.delete(key);
        running = load();
        this.#running.set(key, running);
        return running;
      });
    } finally {
      if (running === undefined) this.#waiting.delete(key);
      else if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  /** Resolves when the load ahead has ended, well or not, or after the time to wait for it. */
  async #patience(ahead: Promise<unknown> | undefined): Promise<void> {
    if (ahead === undefined) return;
    await new Promise<void>((resolve) => {
      const cancel = this.timers.after(PATIENCE_MS, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      ahead.then(end, end);
    });
  }
}
