import type { Timers } from './timers.js';

interface Appointment {
  readonly at: number;
  readonly call: () => void;
}

/** Rounds of the event loop that are given to promises before time moves on. */
const ROUNDS = 2;

/** A generator of numbers from 0 up to 1 that gives the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Time that stands still until it is moved, and chance from a seed: whoever lives by these timers alone does the same in
 * every run. Calls are made in the order of their times, and of their making where those are equal.
 */
export class VirtualTime implements Timers {
  readonly random: () => number;
  readonly #start: number;
  #elapsed = 0;
  readonly #appointments: Appointment[] = [];

  constructor({ seed = 1, start = Date.UTC(2026, 0, 1) }: { readonly seed?: number; readonly start?: number } = {}) {
    this.random = seededRandom(seed);
    this.#start = start;
  }

  now(): number {
    return this.#start + Math.floor(this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, call: () => void): () => void {
    const appointment = { at: this.#elapsed + Math.max(0, ms), call };
    const later = this.#appointments.findIndex(({ at }) => at > appointment.at);
    this.#appointments.splice(later === -1 ? this.#appointments.length : later, 0, appointment);
    return () => {
      const at = this.#appointments.indexOf(appointment);
      if (at !== -1) this.#appointments.splice(at, 1);
    };
  }

  /** Milliseconds until the next call falls due; undefined where none is asked for. */
  nextIn(): number | undefined {
    const next = this.#appointments[0];
    return next && next.at - this.#elapsed;
  }

  /** Moves on by so many milliseconds, making every call that falls due, and those that these bring about. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settled();
    for (let next = this.#appointments[0]; next && next.at <= end; next = this.#appointments[0]) {
      this.#elapsed = next.at;
      this.#appointments.shift();
      next.call();
      await settled();
    }
    this.#elapsed = end;
  }

  /**
   * Moves on from call to call until the condition holds. Throws an Error where it does not within so many milliseconds
   * of virtual time, by default an hour.
   */
  async until(holds: () => boolean, withinMs = 3_600_000): Promise<void> {
    const end = this.#elapsed + withinMs;
    await settled();
    while (!holds()) {
      const next = this.#appointments[0];
      if (!next || next.at > end) throw new Error(`VirtualTime: it did not come to pass within ${withinMs} ms`);
      await this.advance(next.at - this.#elapsed);
    }
  }

  /** The promise's outcome, with time moving on until it has one. Throws as {@link until} does. */
  async run<T>(work: Promise<T>, withinMs?: number): Promise<T> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    work.then(end, end);
    await this.until(() => ended, withinMs);
    return work;
  }
}

/** Ends when promises that wait for nothing but each other have settled. */
async function settled(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
