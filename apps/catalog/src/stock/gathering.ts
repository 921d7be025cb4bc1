import { AsyncLocalStorage } from 'node:async_hooks';

/** An input that waits for its turn. `inContext` acts with the trace and on behalf of the actor that it came with. */
export interface Gathered<I> {
  readonly input: I;
  readonly inContext: <T>(act: () => T) => T;
}

interface Waiting<I> extends Gathered<I> {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Does in one go what came while earlier goes were under way, as a database gathers commits: nothing waits where nothing
 * is in its way, and under load a lock is taken once for many. A go that fails is done again, each input by itself, so
 * that every input fails for a reason of its own; the work must therefore have no effect where it fails.
 */
export class Gathering<I> {
  readonly #waiting: Waiting<I>[] = [];
  #goes = 0;

  constructor(
    private readonly work: (all: readonly Gathered<I>[]) => Promise<void>,
    /** `goes` at once, each of at most `size` inputs. */
    private readonly limits: { readonly goes: number; readonly size: number },
  ) {}

  /** Resolves when the work on the input is done. Throws what the work throws. */
  do(input: I): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ input, inContext: AsyncLocalStorage.snapshot(), resolve, reject });
    this.#next();
    return promise;
  }

  #next(): void {
    if (this.#goes >= this.limits.goes || this.#waiting.length === 0) return;
    this.#goes += 1;
    const all = this.#waiting.splice(0, this.limits.size);
    void this.#go(all).finally(() => {
      this.#goes -= 1;
      this.#next();
    });
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
