import type { Clock } from '@lethe/kernel';

/** A clock that stands still until it is moved. Milliseconds since the Unix epoch. */
export class FakeClock implements Clock {
  #now: number;

  /** Starts at the given time; by default 2026-01-01T00:00:00Z. */
  constructor(start: number | string | Date = '2026-01-01T00:00:00Z') {
    this.#now = new Date(start).getTime();
    if (Number.isNaN(this.#now)) throw new RangeError(`FakeClock: ${String(start)} is not a time`);
  }

  now(): number {
    return this.#now;
  }

  /** Moves forward by so many milliseconds and answers the new time. Throws a RangeError for a step back. */
  advance(milliseconds: number): number {
    if (!(milliseconds >= 0))
      throw new RangeError(`FakeClock: cannot advance by ${milliseconds} ms; use set() to go back`);
    this.#now += milliseconds;
    return this.#now;
  }

  /** Moves to a time, also a past one: so an NTP correction looks to a service. */
  set(time: number | string | Date): void {
    this.#now = new Date(time).getTime();
  }
}
