import { type Clock } from '@lethe/kernel';
import { type Counter, type RateLimitStore, type Tally } from '../src/store/rate-limit-store.js';
import { type WindowLog, grant, stillOut } from '../src/store/window-log.js';

/** The same windows in this process, for tests of what stands on them. */
export class MemoryRateLimits implements RateLimitStore {
  readonly #logs = new Map<string, WindowLog>();

  constructor(private readonly clock: Clock) {}

  take(counter: Counter, wanted: number): Promise<Tally> {
    const now = this.clock.now();
    const { log, tally } = grant(stillOut(this.#logs.get(counter.id) ?? [], counter, now), counter, { wanted, now });
    this.#logs.set(counter.id, log);
    return Promise.resolve(tally);
  }

  peek(counter: Counter): Promise<Tally> {
    return this.take(counter, 0);
  }
}
