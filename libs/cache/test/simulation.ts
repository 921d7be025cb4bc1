import { VirtualTime } from '@lethe/kernel/virtual-time';
import { Cache } from '../src/cache.js';
import type { CacheStore } from '../src/cache-store.js';
import type { CachePolicy, CacheRequest } from '../src/cache.types.js';
import { MemoryStore } from './memory-store.js';

/** Answer that breaks a promise of the cache. */
export interface Broken {
  readonly promise: 'what was forgotten came back' | 'older than the bound';
  readonly at: number;
  readonly answered: number;
  readonly least: number;
}

const TTL = 2_000;

/** What one replica sees of the store: its own cuts of the network. */
class Line implements CacheStore {
  cut = false;
  constructor(private readonly store: MemoryStore) {}

  readonly look: CacheStore['look'] = (...args) => this.#through(() => this.store.look(...args));
  readonly put: CacheStore['put'] = (...args) => this.#through(() => this.store.put(...args));
  readonly release: CacheStore['release'] = (...args) => this.#through(() => this.store.release(...args));
  readonly forget: CacheStore['forget'] = (...args) => this.#through(() => this.store.forget(...args));
  readonly forgetTag: CacheStore['forgetTag'] = (...args) => this.#through(() => this.store.forgetTag(...args));
  readonly ping: CacheStore['ping'] = () => this.#through(() => this.store.ping());

  /** A command may be carried out though its answer is lost. */
  async #through<T>(operation: () => Promise<T>): Promise<T> {
    if (this.cut) throw new Error('cut off');
    const result = await operation();
    if (this.cut) throw new Error('cut off');
    return result;
  }
}

/**
 * Replicas, a price that changes, slow loads, lost invalidations, cuts and flushes, in virtual time from a seed. Gives
 * the answers that break a promise: one that shows less than what was forgotten before it was asked for, and one that
 * shows a price which was replaced more than the bound before.
 */
export class Simulation {
  readonly broken: Broken[] = [];
  answers = 0;
  readonly #time: VirtualTime;
  readonly #store: MemoryStore;
  readonly #lines: Line[];
  readonly #replicas: Cache[];
  readonly #tag: string | undefined;
  readonly #policy: CachePolicy;
  /** Share of changes of which nobody is told. */
  readonly #lost: number;
  /** The price, a number that only grows, and when each was committed. */
  readonly #committed: number[] = [0];
  /** The greatest price of which all replicas' entries were told. */
  #told = 0;

  constructor(seed: number) {
    this.#time = new VirtualTime({ seed });
    this.#store = new MemoryStore(this.#time);
    this.#store.delay = () => this.#upTo(15);
    this.#tag = this.#chance(0.5) ? 'lists' : undefined;
    this.#lost = this.#chance(0.5) ? 0.3 : 1;
    this.#policy = { name: 'prices', ttlMs: TTL, freshMs: this.#chance(0.5) ? TTL : TTL / 2, jitter: 0 };
    this.#lines = Array.from({ length: 3 }, () => new Line(this.#store));
    this.#replicas = this.#lines.map(
      (store) => new Cache({ namespace: 'sim', store, timers: this.#time, maxLoads: 3, leaseMs: 800, waitMs: 200 }),
    );
  }

  /** Does so many things, one every few milliseconds. */
  async run(steps: number): Promise<void> {
    const work: Promise<void>[] = [];
    for (let step = 0; step < steps; step += 1) {
      work.push(this.#step());
      await this.#time.advance(this.#upTo(40));
    }
    for (const line of this.#lines) line.cut = false;
    await this.#time.run(Promise.all(work));
    await this.#time.run(Promise.all(this.#replicas.map((cache) => cache.close())));
  }

  async #step(): Promise<void> {
    const dice = this.#time.random();
    if (dice < 0.85) return this.#ask();
    if (dice < 0.98) return this.#change();
    if (dice < 0.995) {
      const line = this.#lines[Math.floor(this.#upTo(3))];
      if (line) line.cut = !line.cut;
      return;
    }
    this.#store.flush();
  }

  async #ask(): Promise<void> {
    const cache = this.#replicas[Math.floor(this.#upTo(3))];
    const at = this.#time.monotonic();
    const told = this.#told;
    const bound = this.#committed.findLastIndex((time) => time < at - TTL);
    const answered = (await cache?.through(this.#request())) ?? 0;
    this.answers += 1;
    if (answered < told) this.broken.push({ promise: 'what was forgotten came back', at, answered, least: told });
    if (answered < bound) this.broken.push({ promise: 'older than the bound', at, answered, least: bound });
  }

  /** Commits a new price; its writer may die before it tells anybody. */
  async #change(): Promise<void> {
    this.#committed.push(this.#time.monotonic());
    const price = this.#committed.length - 1;
    if (this.#chance(this.#lost)) return;
    const cache = this.#replicas[Math.floor(this.#upTo(3))];
    const { policy, key } = this.#request();
    const told =
      this.#tag === undefined ? await cache?.invalidate([{ policy, key }]) : await cache?.invalidate([], [this.#tag]);
    if (told === true) this.#told = Math.max(this.#told, price);
  }

  #request(): CacheRequest<number> {
    return {
      policy: this.#policy,
      key: 'lantern',
      ...(this.#tag === undefined ? {} : { tag: this.#tag }),
      parse: Number,
      load: async () => {
        await this.#wait(this.#upTo(30));
        const price = this.#committed.length - 1;
        await this.#wait(this.#chance(0.3) ? this.#upTo(1_200) : this.#upTo(60));
        return price;
      },
    };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#time.after(ms, resolve));
  }

  #upTo(limit: number): number {
    return this.#time.random() * limit;
  }

  #chance(probability: number): boolean {
    return this.#time.random() < probability;
  }
}
