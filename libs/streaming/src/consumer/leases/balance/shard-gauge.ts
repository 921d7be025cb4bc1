import type { ReadingEvent } from '../../reading/reading-events.js';
import type { ShardLoad } from '../lease.js';
import { LoadMeter } from './load-meter.js';

/** Measures one shard by the pages that are read of it: what it carries, and how far its reader is behind. */
export class ShardGauge {
  readonly #meter: LoadMeter;
  #behindMs: number | undefined;
  #behindAt = 0;

  constructor(private readonly monotonic: () => number) {
    this.#meter = new LoadMeter(monotonic);
  }

  note({ records, bytes, millisBehindLatest }: Extract<ReadingEvent, { readonly type: 'page-read' }>): void {
    const now = this.monotonic();
    this.#arrival(records, millisBehindLatest, now);
    this.#meter.add(records, bytes);
    this.#behindMs = millisBehindLatest;
    this.#behindAt = now;
  }

  get load(): ShardLoad | undefined {
    return this.#meter.load;
  }

  /**
   * About how many records are not read yet: Kinesis tells time alone, so it is the records of a moment, as they arrived
   * where reading stands, times the moments behind. Exact where it is 0.
   */
  get lagRecords(): number | undefined {
    if (this.#behindMs === undefined) return undefined;
    if (this.#behindMs === 0) return 0;
    return this.#perMs === undefined ? undefined : Math.max(1, Math.round(this.#behindMs * this.#perMs));
  }

  /** Records per millisecond of arrival: those of a page, over the time of arrival that reading it has passed. */
  #perMs: number | undefined;

  #arrival(records: number, behindMs: number, now: number): void {
    if (this.#behindMs === undefined || records === 0) return;
    const passedMs = this.#behindMs + (now - this.#behindAt) - behindMs;
    if (passedMs <= 0) return;
    const measured = records / passedMs;
    this.#perMs = this.#perMs === undefined ? measured : 0.7 * this.#perMs + 0.3 * measured;
  }
}
