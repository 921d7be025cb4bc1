import { type Timers, systemTimers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers items that arrive within a few milliseconds of each other into requests of up to ten. */
export class Coalescer<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #cancel: (() => void) | undefined;

  /** `send` gives one result per item, in order. `lingerMs` is how long the first item waits for company. */
  constructor(
    private readonly send: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly lingerMs: number,
    private readonly timers: Pick<Timers, 'after'> = systemTimers,
  ) {}

  /** The item's result. Rejects where the whole request failed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting;
      waiting.push({ item, resolve, reject });
      if (waiting.length === MAX_BATCH_ENTRIES) this.#dispatch();
      else this.#cancel ??= this.timers.after(this.lingerMs, () => this.#dispatch());
    });
  }

  #dispatch(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    void this.#request(batch);
  }

  /** Never rejects: each item's promise tells of its own. */
  async #request(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.send(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
