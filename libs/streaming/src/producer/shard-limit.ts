/** What may be written to a shard within a second. */
export interface ShardLimits {
  readonly bytesPerSecond: number;
  readonly recordsPerSecond: number;
}

/** Limits of a shard (Kinesis Data Streams quotas): 1 MiB with partition keys, and 1,000 records of Kinesis. */
export const KINESIS_SHARD_LIMITS: ShardLimits = { bytesPerSecond: 1_048_576, recordsPerSecond: 1_000 };

/** A budget of one shard that fills up again as time goes by, to at most a second's worth. */
export class ShardLimit {
  #bytes: number;
  #records: number;
  #at: number | undefined;

  constructor(private readonly limits: ShardLimits) {
    this.#bytes = limits.bytesPerSecond;
    this.#records = limits.recordsPerSecond;
  }

  /** Milliseconds until a record of this many bytes may go; 0: now. `now` is monotonic. */
  waitFor(size: number, now: number): number {
    this.#fill(now);
    const { bytesPerSecond, recordsPerSecond } = this.limits;
    // One larger than a second's worth goes when the budget is full, and leaves a debt.
    const bytes = Math.min(size, bytesPerSecond) - this.#bytes;
    const records = 1 - this.#records;
    return Math.max(0, (bytes / bytesPerSecond) * 1_000, (records / recordsPerSecond) * 1_000);
  }

  /** A record of this many bytes goes. */
  take(size: number): void {
    this.#bytes -= size;
    this.#records -= 1;
  }

  #fill(now: number): void {
    const seconds = (now - (this.#at ?? now)) / 1_000;
    const { bytesPerSecond, recordsPerSecond } = this.limits;
    this.#bytes = Math.min(bytesPerSecond, this.#bytes + seconds * bytesPerSecond);
    this.#records = Math.min(recordsPerSecond, this.#records + seconds * recordsPerSecond);
    this.#at = now;
  }
}
