import type { ShardLoad } from '../lease.js';

/** Milliseconds over which the mean is taken: an old reading has lost 63 % of its weight after them. */
const WINDOW_MS = 15_000;

/** Measures what a shard carries, as an exponential mean of the pages that are read. */
export class LoadMeter {
  #bytes = 0;
  #records = 0;
  #at: number;
  readonly #since: number;

  constructor(
    private readonly monotonic: () => number,
    private readonly windowMs = WINDOW_MS,
  ) {
    this.#since = this.#at = monotonic();
  }

  add(records: number, bytes: number): void {
    this.#fade();
    this.#records += records;
    this.#bytes += bytes;
  }

  /** The load, once enough has been seen to tell. */
  get load(): ShardLoad | undefined {
    this.#fade();
    const seenMs = this.#at - this.#since;
    if (seenMs < this.windowMs / 5) return undefined;
    // A young mean has seen less than its window.
    const seconds = (this.windowMs * (1 - Math.exp(-seenMs / this.windowMs))) / 1_000;
    return { bytesPerSecond: this.#bytes / seconds, recordsPerSecond: this.#records / seconds };
  }

  #fade(): void {
    const now = this.monotonic();
    const kept = Math.exp(-(now - this.#at) / this.windowMs);
    this.#bytes *= kept;
    this.#records *= kept;
    this.#at = now;
  }
}
