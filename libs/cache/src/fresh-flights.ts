import type { Timers } from '@lethe/kernel';

export interface FreshFlightsOptions {
  /** How long a flight waits for the one of its key that began before it. */
  readonly patienceMs: number;
  readonly timers: Pick<Timers, 'after'>;
  /** Begins a flight, perhaps later. Default: at once. */
  readonly begin?: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Single flight in one process, without memory: of one key one flight is under way and one waits. Nobody is given what
 * one brings that began before he asked, so what was committed before a request is in its answer; whoever comes while one
 * is under way shares the next, which begins when that ends, or when patience does.
 */
export class FreshFlights {
  readonly #waiting = new Map<string, Promise<unknown>>();
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(private readonly options: FreshFlightsOptions) {}

  /** The flight of the key that has not begun yet. */
  waiting<T>(key: string): Promise<T> | undefined {
    // One key is asked for by one kind of request alone, so its flights bring one type.
    return this.#waiting.get(key) as Promise<T> | undefined;
  }

  /** What the work brings, shared with all who ask for the key until it begins. Throws as `begin` and the work do. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.waiting<T>(key);
    if (waiting !== undefined) return waiting;
    const flight = this.#fly(key, work);
    this.#waiting.set(key, flight);
    return flight;
  }

  async #fly<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { begin = (now) => now() } = this.options;
    await this.#patience(this.#running.get(key));
    let running: Promise<T> | undefined;
    try {
      return await begin(() => {
        this.#waiting.delete(key);
        running = work();
        this.#running.set(key, running);
        return running;
      });
    } finally {
      if (running === undefined) this.#waiting.delete(key);
      else if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  /** Resolves when the flight ahead has ended, well or not, or after the time to wait for it. */
  async #patience(ahead: Promise<unknown> | undefined): Promise<void> {
    if (ahead === undefined) return;
    await new Promise<void>((resolve) => {
      const cancel = this.options.timers.after(this.options.patienceMs, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      ahead.then(end, end);
    });
  }
}
