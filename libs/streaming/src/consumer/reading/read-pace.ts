import type { Timers } from '@lethe/kernel';
import { fullJitter } from '@lethe/kernel';

/** What one shard gives to all its pollers together. */
export interface ReadLimits {
  /** 5. */
  readonly readsPerSecond: number;
  /** 2 MiB. */
  readonly bytesPerSecond: number;
}

/** Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html and the API's GetRecords. */
export const SHARD_LIMITS: ReadLimits = { readsPerSecond: 5, bytesPerSecond: 2 * 1024 ** 2 };
/** How much slower than the limits a reader is, whose clock and network are not Kinesis'. */
const MARGIN = 1.025;
/**
 * Records that GetRecords gives at most, and how many are asked for while their size is unknown: were they as large as the
 * KPL packs them, they would be about a second's worth of bytes.
 */
const [MAX_RECORDS, FIRST_RECORDS] = [10_000, 50];
/** Seconds' worth of bytes that a page may have: fewer, larger reads cost less, of the limit on reads as well. */
const PAGE_SECONDS = 1;
/** Weight of a page in the mean size of records. */
const LEARNING = 0.3;
const BACKOFF = { base: 200, cap: 5_000 } as const;
/** Times as slow as the limits allow, at most, where others read the same shard. */
const MAX_STRETCH = 10;

export interface Answer {
  /** Records as Kinesis counts them, and their bytes. */
  readonly records: number;
  readonly bytes: number;
  readonly millisBehindLatest: number;
}

/**
 * When to read next, and how much. An answer is paid for before the next read, so that one of 10 MB is followed by the
 * 5 s that Kinesis asks for. Behind, reads follow each other as fast as is allowed; caught up, they become rarer until
 * `idleMs` lie between them. A throttled read means that others read too: this reader gives way and comes back slowly.
 */
export class ReadPace {
  readonly #spacingMs: number;
  readonly #pageBytes: number;
  #nextAt = Number.NEGATIVE_INFINITY;
  #sentAt = Number.NEGATIVE_INFINITY;
  #recordBytes: number | undefined;
  #stretch = 1;
  #idle = 0;
  #failures = 0;

  constructor(
    private readonly limits: ReadLimits,
    private readonly idleMs: number,
    private readonly timers: Pick<Timers, 'monotonic' | 'random'>,
  ) {
    this.#spacingMs = (1_000 / limits.readsPerSecond) * MARGIN;
    this.#pageBytes = limits.bytesPerSecond * PAGE_SECONDS;
  }

  /** Milliseconds until the next read may be sent. */
  get waitMs(): number {
    return Math.max(0, this.#nextAt - this.timers.monotonic());
  }

  /** Records to ask for: about as many as may be read in a second, so that pages stay small in memory. */
  get limit(): number {
    if (this.#recordBytes === undefined) return FIRST_RECORDS;
    return Math.max(1, Math.min(MAX_RECORDS, Math.ceil(this.#pageBytes / this.#recordBytes)));
  }

  sent(): void {
    this.#sentAt = this.timers.monotonic();
  }

  answered({ records, bytes, millisBehindLatest }: Answer): void {
    this.#failures = 0;
    this.#stretch = Math.max(1, this.#stretch * 0.95);
    if (records > 0) {
      const mean = Math.max(1, bytes / records);
      this.#recordBytes =
        this.#recordBytes === undefined ? mean : this.#recordBytes + LEARNING * (mean - this.#recordBytes);
    }
    this.#idle = records === 0 && millisBehindLatest === 0 ? this.#idle + 1 : 0;
    const spacing = this.#spacingMs * this.#stretch;
    const idling = this.#idle === 0 ? 0 : Math.min(this.idleMs, spacing * 2 ** Math.min(this.#idle, 20));
    const paidFor = (bytes / this.limits.bytesPerSecond) * 1_000 * MARGIN;
    this.#nextAt = this.#sentAt + Math.max(spacing, idling, paidFor);
  }

  /** Gives the pause before the next attempt, in milliseconds. */
  failed(throttled: boolean): number {
    this.#failures += 1;
    if (throttled) this.#stretch = Math.min(MAX_STRETCH, this.#stretch * 2);
    const spacing = this.#spacingMs * this.#stretch;
    this.#nextAt = this.timers.monotonic() + spacing + fullJitter(this.#failures, BACKOFF, this.timers.random);
    return this.waitMs;
  }
}
