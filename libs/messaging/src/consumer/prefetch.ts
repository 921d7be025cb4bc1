import type { Timers } from '@lethe/kernel';

/** Milliseconds over which the rate of handling is counted. */
const WINDOW_MS = 50;
/** Messages asked for ahead at most. */
const MAX_AHEAD = 320;
/** Milliseconds of a receive that count at most: what comes later is a wait for messages, not for the network. */
const MAX_ROUND_TRIP_MS = 100;

/**
 * How many messages to ask for beyond the free slots, so that handlers need not wait for the network: as many as are
 * handled during one receive. None waits longer for its handler than a receive takes.
 */
export class Prefetch {
  #ended = 0;
  #windowStart: number;
  #perMs = 0;
  #roundTripMs = 0;

  constructor(private readonly timers: Pick<Timers, 'monotonic'>) {
    this.#windowStart = timers.monotonic();
  }

  /** A receive was answered with so many messages, after so long. */
  answered(count: number, ms: number): void {
    if (count === 0) return;
    const roundTrip = Math.min(ms, MAX_ROUND_TRIP_MS);
    this.#roundTripMs = this.#roundTripMs === 0 ? roundTrip : this.#roundTripMs * 0.8 + roundTrip * 0.2;
  }

  /** A handler has ended. */
  ended(): void {
    this.#ended += 1;
  }

  /** Messages to ask for ahead, now. */
  get size(): number {
    const now = this.timers.monotonic();
    const elapsed = now - this.#windowStart;
    if (elapsed >= WINDOW_MS) {
      const perMs = this.#ended / elapsed;
      this.#perMs = elapsed > 4 * WINDOW_MS ? perMs : (this.#perMs + perMs) / 2;
      this.#ended = 0;
      this.#windowStart = now;
    }
    return Math.min(MAX_AHEAD, Math.ceil(this.#perMs * this.#roundTripMs));
  }
}
