import type { Timers } from '@lethe/kernel';
import type { Bounds } from './consumer.types.js';

/** Handlers that may run at once in the beginning, within the bounds. */
const START = 64;
/** Milliseconds, and handlers ended for each slot, after which the throughput is measured. */
const WINDOW_MS = 100;
const STEP = 1.5;
/** How much more comes through where more handlers help, how much may get lost with fewer, and what slower means. */
const GAIN = 1.05;
const NO_LOSS = 0.99;
const SLOWER = 1.25;
/** Milliseconds by which handlers' times differ for no reason of theirs, such as the grain of timers. */
const NOISE_MS = 2;
const SAMPLES = 64;
/** Measurements between two trials: more with each that was in vain. */
const HOLD = { min: 8, max: 128 } as const;

/** What was asked for, as bounds. Throws a RangeError where they make no sense. */
export function boundsOf(concurrency: number | Bounds): Bounds {
  const { min, max } = typeof concurrency === 'number' ? { min: concurrency, max: concurrency } : concurrency;
  if (!(Number.isInteger(min) && Number.isInteger(max) && 1 <= min && min <= max)) {
    throw new RangeError(`concurrency: ${min} to ${max} are no bounds`);
  }
  return { min, max };
}

interface Measured {
  readonly limit: number;
  /** Handlers that ended per millisecond. */
  readonly rate: number;
  /** The median time of a handler, in milliseconds: a few slow ones do not count. */
  readonly median: number;
}

/**
 * How many handlers may run at once: more where slots are short, unless that only makes handlers slower and brings
 * nothing more through, as where a database behind them has enough; then fewer, as long as as much comes through. Every
 * so often it tries a step up or down, and keeps what was better. While slots are free it leaves them alone.
 */
export class ConcurrencyLimit {
  readonly #bounds: Bounds;
  #current: number;
  #windowStart: number;
  #ended = 0;
  #short = 0;
  #trial: Measured | undefined;
  readonly #samples = new Float64Array(SAMPLES);
  #hold = 0;
  #nextHold: number = HOLD.min;
  #downNext = false;

  constructor(
    bounds: Bounds,
    private readonly timers: Pick<Timers, 'monotonic'>,
    private readonly changed: () => void,
  ) {
    this.#bounds = bounds;
    this.#current = this.#within(START);
    this.#windowStart = timers.monotonic();
  }

  get current(): number {
    return this.#current;
  }

  /** A handler has ended at this time, after so long. `short`: more slots would let more messages in. */
  ended(now: number, durationMs: number, short: boolean): void {
    if (this.#bounds.min === this.#bounds.max) return;
    this.#samples[this.#ended % SAMPLES] = durationMs;
    this.#ended += 1;
    if (short) this.#short += 1;
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS || this.#ended < this.#current) return;
    if (this.#short * 2 >= this.#ended)
      this.#judge({ limit: this.#current, rate: this.#ended / elapsed, median: this.#median() });
    else this.#trial = undefined;
    this.#begin(now);
  }

  /** Every slot has been taken for a while, and no handler has ended: that tells of long work, not of overload. */
  stuck(): void {
    this.#trial = undefined;
    this.#set(this.#current * STEP);
    this.#begin(this.timers.monotonic());
  }

  #judge(measured: Measured): void {
    const trial = this.#trial;
    this.#trial = undefined;
    if (trial) {
      const up = measured.limit > trial.limit;
      if (!(up ? helped(trial, measured) : relieved(trial, measured))) {
        this.#set(trial.limit);
        this.#hold = this.#nextHold;
        this.#nextHold = Math.min(HOLD.max, this.#nextHold * 2);
        this.#downNext = up;
        return;
      }
      this.#nextHold = HOLD.min;
      this.#downNext = !up;
    }
    if (this.#hold > 0) {
      this.#hold -= 1;
      return;
    }
    this.#set(this.#downNext ? this.#current / STEP : this.#current * STEP);
    if (this.#current === measured.limit) this.#turn();
    else this.#trial = measured;
  }

  /** There is no step further in this direction: the other one, after a while. */
  #turn(): void {
    this.#downNext = !this.#downNext;
    this.#hold = this.#nextHold;
  }

  #median(): number {
    const samples = this.#samples.slice(0, Math.min(SAMPLES, this.#ended)).sort();
    return samples[samples.length >> 1] ?? 0;
  }

  #begin(now: number): void {
    this.#windowStart = now;
    this.#ended = 0;
    this.#short = 0;
  }

  #set(limit: number): void {
    const before = this.#current;
    this.#current = this.#within(limit);
    if (this.#current !== before) this.changed();
  }

  #within(limit: number): number {
    return Math.min(this.#bounds.max, Math.max(this.#bounds.min, Math.ceil(limit)));
  }
}

function helped(before: Measured, after: Measured): boolean {
  return after.rate >= before.rate * GAIN || !slower(before, after);
}

function relieved(before: Measured, after: Measured): boolean {
  return after.rate >= before.rate * NO_LOSS && slower(after, before);
}

function slower(one: Measured, other: Measured): boolean {
  return other.median > one.median * SLOWER + NOISE_MS;
}
