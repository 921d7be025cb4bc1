import { type Timers, systemTimers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from './batches.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers items that arrive within a few milliseconds of each other into requests of up to ten. */
export class Coalescer<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #cancelTimer: (() => void) | undefined;
  readonly #inFlight = new Set<Promise<void>>();

  /** `send` gives one result per item, in order. `lingerMs` is how long the first item waits for company. */
  constructor(
    private readonly send: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly lingerMs: number,
    private readonly timers: Timers = systemTimers,
  ) {}

  /** The item's result. Rejects where the whole request failed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= MAX_BATCH_ENTRIES) this.#dispatch();
      else this.#cancelTimer ??= this.timers.after(this.lingerMs, () => this.#dispatch());
    });
  }

  /** Sends what waits, and waits until nothing is in flight. Never rejects: each item's promise tells of its own. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#inFlight.size > 0) {
      this.#dispatch();
      await Promise.all(this.#inFlight);
    }
  }

  #dispatch(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#waiting.length > 0) {
      const request = this.#request(this.#waiting.splice(0, MAX_BATCH_ENTRIES)).finally(() => {
        this.#inFlight.delete(request);
      });
      this.#inFlight.add(request);
    }
  }

  async #request(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.send(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
