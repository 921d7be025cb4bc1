import type { Bounds } from './consumer.types.js';

/** Handlers that end before the limit is thought over. Their median is what counts: a few slow ones do not. */
const SAMPLES = 48;
/** Handlers that run at once in the beginning. */
const START = 16;
/** How much slower than at their best handlers may become before fewer of them run. */
const TOLERANCE = 2;
/** Milliseconds below which a handler's time is noise. */
const NOISE_MS = 1;

/** What was asked for, as bounds. Throws a RangeError where they make no sense. */
export function boundsOf(concurrency: number | Bounds): Bounds {
  const { min, max } = typeof concurrency === 'number' ? { min: concurrency, max: concurrency } : concurrency;
  if (!(Number.isInteger(min) && Number.isInteger(max) && 1 <= min && min <= max)) {
    throw new RangeError(`concurrency: ${min} to ${max} are no bounds`);
  }
  return { min, max };
}

/**
 * How many handlers may run at once: more as long as that makes none slower, and fewer where it does, as where a database
 * behind them has enough. Source: the gradient algorithm of Netflix concurrency-limits, with medians.
 */
export class ConcurrencyLimit {
  readonly #bounds: Bounds;
  readonly #samples = new Float64Array(SAMPLES);
  #count = 0;
  #saturated = false;
  /** The median of a good time, in milliseconds; it drifts up, lest one good moment be the measure for ever. */
  #best = Infinity;
  #current: number;

  constructor(
    bounds: Bounds,
    private readonly changed: () => void,
  ) {
    this.#bounds = bounds;
    this.#current = this.#within(START);
  }

  get current(): number {
    return this.#current;
  }

  /** A handler has ended after so long. `saturated`: as many as may were running. */
  ended(durationMs: number, saturated: boolean): void {
    if (this.#bounds.min === this.#bounds.max) return;
    this.#saturated ||= saturated;
    this.#samples[this.#count] = durationMs;
    this.#count += 1;
    if (this.#count === SAMPLES) this.#think();
  }

  /** Every slot has been taken for a while, and no handler has ended: that tells of long work, not of overload. */
  stuck(): void {
    this.#set(this.#current + Math.sqrt(this.#current));
  }

  #think(): void {
    this.#samples.sort();
    const median = Math.max(NOISE_MS, this.#samples[SAMPLES / 2] ?? 0);
    this.#best = median < this.#best ? median : this.#best * 0.95 + median * 0.05;
    const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * this.#best) / median));
    if (gradient < 1) this.#set(this.#current * gradient);
    else if (this.#saturated) this.#set(this.#current + Math.sqrt(this.#current));
    this.#count = 0;
    this.#saturated = false;
  }

  #set(limit: number): void {
    const before = this.#current;
    this.#current = this.#within(limit);
    if (this.#current !== before) this.changed();
  }

  #within(limit: number): number {
    return Math.min(this.#bounds.max, Math.max(this.#bounds.min, Math.round(limit)));
  }
}
