import { type Clock } from '@lethe/kernel';

/** One exchange with the server: its `Date`, and when this process sent and received, in ms of its own clock. */
export interface Exchange {
  /** IMF-fixdate (RFC 9110 5.6.7), in whole seconds. */
  readonly date: string | undefined;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What `Date` does not say: the server's time is up to this much later. */
const RESOLUTION_MS = 999;

/**
 * The clock of a server, as far as its answers tell: one clock for all replicas (R36). An exchange says between which
 * bounds the server's clock is ahead of this process's. As long as 0 is between them the own clock is as good and is kept,
 * to the millisecond; else it is moved to the nearest bound, which is right to a second and a round trip.
 */
export class ServerClock implements Clock {
  readonly #own: Clock;
  #bounds: { readonly least: number; readonly most: number } | undefined;

  constructor(own: Clock) {
    this.#own = own;
  }

  /** Whether the server has answered yet. */
  get isKnown(): boolean {
    return this.#bounds !== undefined;
  }

  now(): number {
    return this.#own.now() + this.#ahead();
  }

  /** Milliseconds of the own clock, for the times of an exchange. */
  ownNow(): number {
    return this.#own.now();
  }

  /** Learns from an exchange; one without a date says nothing. */
  observe({ date, sentAt, receivedAt }: Exchange): void {
    const time = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(time)) return;
    const seen = { least: time - receivedAt, most: time + RESOLUTION_MS - sentAt };
    const { least, most } = this.#bounds ?? seen;
    const both = { least: Math.max(least, seen.least), most: Math.min(most, seen.most) };
    // Where they contradict each other a clock was set meanwhile: what was known before is of no use.
    this.#bounds = both.least <= both.most ? both : seen;
  }

  #ahead(): number {
    const { least, most } = this.#bounds ?? { least: 0, most: 0 };
    return Math.max(least, Math.min(most, 0));
  }
}
