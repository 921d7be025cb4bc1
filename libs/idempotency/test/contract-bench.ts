import type { IdempotentRuns } from '../src/idempotent-runs.js';
import { type ADAPTERS, type Answered, type Asked, Effects, ThingsApp } from './things.app.js';

/** A store of its own for one run of the suite. */
export interface StoreUnderTest {
  /** The store as one more replica opens it. */
  replica(): IdempotentRuns;
  /** The store, cut off. */
  away(): Promise<IdempotentRuns>;
  /** The process at this work dies, and as long as claims live passes. */
  die(context: unknown): Promise<void>;
  passTime(ms: number): Promise<void>;
  /** What a failure after the work began leads to: nothing is left of the work, or the failure is kept. */
  readonly failure: 'rolled back' | 'kept';
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Two replicas of one application on the store under test. */
export class ContractBench {
  readonly effects = new Effects();
  #under: StoreUnderTest | undefined;
  #replicas: readonly ThingsApp[] = [];

  constructor(private readonly adapter: keyof typeof ADAPTERS) {}

  get under(): StoreUnderTest {
    if (this.#under === undefined) throw new Error('the bench is not open');
    return this.#under;
  }

  async open(under: StoreUnderTest): Promise<void> {
    this.#under = under;
    const start = () => ThingsApp.start(under.replica(), this.effects, this.adapter);
    this.#replicas = await Promise.all([start(), start()]);
  }

  async clear(): Promise<void> {
    this.effects.reset();
    await this.under.clear();
  }

  readonly ask = (asked: Asked, replica = 0): Promise<Answered> => {
    const app = this.#replicas[replica % this.#replicas.length];
    return app === undefined ? Promise.reject(new Error('no replica')) : app.ask(asked);
  };

  /** Asks a replica with another store, which serves nothing else. */
  readonly askOn = async (runs: IdempotentRuns, asked: Asked): Promise<Answered> => {
    const app = await ThingsApp.start(runs, this.effects, this.adapter);
    try {
      return await app.ask(asked);
    } finally {
      await app.close();
    }
  };

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((app) => app.close()));
    await this.under.close();
  }
}
