import { type Counter, type Tally } from './rate-limit-store.js';

interface Turn {
  readonly counter: Counter;
  readonly resolve: (tally: Tally) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes as many of the permits wanted as there are. */
type TakeMany = (counter: Counter, wanted: number) => Promise<Tally>;

/**
 * Takes of one counter by one process, one store call at a time: what comes while a call is under way goes together in
 * the next. So replicas compete for a counter, not requests, and a flood costs no more calls than a trickle.
 */
export class Turns {
  readonly #takeMany: TakeMany;
  /** Who waits, by counter; a counter with a call under way has an entry. */
  readonly #waiting = new Map<string, Turn[]>();

  constructor(takeMany: TakeMany) {
    this.#takeMany = takeMany;
  }

  /** Takes one permit when it is its turn. */
  takeOne(counter: Counter): Promise<Tally> {
    const { id, limit, windowMs } = counter;
    const key = `${id}#${limit}#${windowMs}`;
    return new Promise((resolve, reject) => {
      const turn: Turn = { counter, resolve, reject };
      const queue = this.#waiting.get(key);
      if (queue) {
        queue.push(turn);
        return;
      }
      this.#waiting.set(key, []);
      void this.#serve(key, [turn]);
    });
  }

  async #serve(key: string, first: Turn[]): Promise<void> {
    for (let turns = first; turns.length > 0; turns = this.#waiting.get(key)?.splice(0) ?? []) {
      await this.#settle(turns);
    }
    this.#waiting.delete(key);
  }

  async #settle(turns: readonly Turn[]): Promise<void> {
    const [first] = turns;
    if (!first) return;
    try {
      const tally = await this.#takeMany(first.counter, turns.length);
      const before = tally.used - tally.granted;
      for (const [index, turn] of turns.entries()) {
        const granted = index < tally.granted ? 1 : 0;
        turn.resolve({ ...tally, granted, used: granted === 1 ? before + index + 1 : tally.used });
      }
    } catch (error) {
      for (const turn of turns) turn.reject(error);
    }
  }
}
