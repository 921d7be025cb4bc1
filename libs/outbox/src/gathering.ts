import { AsyncLocalStorage } from 'node:async_hooks';

/** An input that waits for its turn. `inContext` acts with the trace and on behalf of the actor that it came with. */
export interface Gathered<I> {
  readonly input: I;
  readonly inContext: <T>(act: () => T) => T;
}

interface Waiting<I> extends Gathered<I> {
  readonly keys: readonly string[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** How inputs are gathered. */
export interface GatheringOptions<I> {
  /** The most goes at once. */
  readonly goes: number;
  /** The most inputs of a go. */
  readonly size: number;
  /** What an input locks: two goes that lock the same are never under way at once, since the second would only wait. */
  readonly keysOf: (input: I) => readonly string[];
}

/**
 * Does in one go what came while earlier goes were under way, as a database gathers commits: nothing waits where nothing
 * is in its way, and under load a lock is taken once for many. A go begins with the next turn of the event loop, so that
 * what one receive brings, and what the end of the last go sets off, is in it. A go that fails is done again, each input by
 * itself, so that every input fails for a reason of its own; the work must therefore have no effect where it fails.
 */
export class Gathering<I> {
  #waiting: Waiting<I>[] = [];
  readonly #busy = new Map<readonly Waiting<I>[], ReadonlySet<string>>();
  #due = false;

  constructor(
    private readonly work: (all: readonly Gathered<I>[]) => Promise<void>,
    private readonly options: GatheringOptions<I>,
  ) {}

  /** Resolves when the work on the input is done. Throws what the work throws. */
  do(input: I): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const keys = this.options.keysOf(input);
    this.#waiting.push({ input, keys, inContext: AsyncLocalStorage.snapshot(), resolve, reject });
    this.#soon();
    return promise;
  }

  #soon(): void {
    if (this.#due || this.#busy.size >= this.options.goes || this.#waiting.length === 0) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#next();
    });
  }

  #next(): void {
    const all = this.#take();
    if (all.length === 0) return;
    this.#busy.set(all, new Set(all.flatMap(({ keys }) => keys)));
    void this.#go(all).finally(() => {
      this.#busy.delete(all);
      this.#soon();
    });
    this.#soon();
  }

  /** What nothing is in the way of, in its order. Who has to wait is not overtaken at what they wait for. */
  #take(): Waiting<I>[] {
    const blocked = new Set([...this.#busy.values()].flatMap((keys) => [...keys]));
    const taken: Waiting<I>[] = [];
    const left: Waiting<I>[] = [];
    for (const one of this.#waiting) {
      const free = taken.length < this.options.size && !one.keys.some((key) => blocked.has(key));
      (free ? taken : left).push(one);
      if (!free) for (const key of one.keys) blocked.add(key);
    }
    this.#waiting = left;
    return taken;
  }

  async #go(all: readonly Waiting<I>[]): Promise<void> {
    const [first] = all;
    if (first === undefined) return;
    try {
      await first.inContext(() => this.work(all));
      for (const { resolve } of all) resolve();
    } catch (error) {
      if (all.length === 1) first.reject(error);
      else await Promise.all(all.map((one) => this.#go([one])));
    }
  }
}
