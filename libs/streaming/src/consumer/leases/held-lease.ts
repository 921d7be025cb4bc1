import { type Timers, fullJitter, pause } from '@lethe/kernel';
import { LeaseLostError } from '../../streaming.errors.js';
import { SHARD_END, sameCheckpoint } from './checkpoint.js';
import type { LeaseTable, LeaseUpdate } from './lease-table.js';
import type { Lease, ShardLoad } from './lease.js';

/** The owner believes in its lease for less than the others wait: clocks may run at slightly different rates. */
const TRUST = 0.9;
const BACKOFF = { base: 50, cap: 1_000 } as const;
/** The system's, but a deadline alone keeps no process alive. */
const UNHELD: Pick<Timers, 'after'> = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

export interface HeldLeaseOptions {
  readonly table: LeaseTable;
  readonly lease: Lease;
  readonly owner: string;
  /** The counter that taking the lease left in its row. */
  readonly counter: number;
  readonly durationMs: number;
  /** Monotonic milliseconds at which the taking was sent. */
  readonly takenAt: number;
  readonly monotonic: () => number;
  /** Source of time; the system's. */
  readonly timers?: Pick<Timers, 'after'>;
  /** Told of a write that failed and is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** What the shard carries: written down along with what is written anyway. */
  readonly load?: () => ShardLoad | undefined;
}

/**
 * One tenure of a lease. Writes go one after the other, each conditional on owner and counter, so a tenure that has
 * ended can write nothing (R28): that is the fence. A tenure that could not renew in time ends by itself, before
 * anyone else may take the lease.
 */
export class HeldLease {
  readonly #options: HeldLeaseOptions;
  readonly #lost = new AbortController();
  readonly #timers: Pick<Timers, 'after'>;
  #counter: number;
  #validUntil: number;
  #cancelDeadline: () => void = nothing;
  #released = false;
  #last: Promise<void> = Promise.resolve();

  constructor(options: HeldLeaseOptions) {
    this.#options = options;
    this.#timers = options.timers ?? UNHELD;
    this.#counter = options.counter;
    this.#validUntil = 0;
    this.#extend(options.takenAt);
  }

  get shardId(): string {
    return this.#options.lease.shardId;
  }
  /** The checkpoint that the lease had when it was taken. */
  get initialCheckpoint(): string {
    return this.#options.lease.checkpoint;
  }
  /** Which order to read again the lease was taken under, if that is where it still stands. */
  get replay(): number | undefined {
    return this.#options.lease.replayedAt;
  }
  /** Aborted when the lease is lost: whatever is done under it must end. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }
  get released(): boolean {
    return this.#released;
  }

  /** Throws a {@link LeaseLostError} unless the lease may still be acted upon. */
  assertHeld(): void {
    if (this.#options.monotonic() >= this.#validUntil) this.#lose();
    if (this.#lost.signal.aborted) throw this.#lossError();
  }

  /** Tells the others that the owner lives, unless a write did so just now. Throws a {@link LeaseLostError}. */
  async renew(everyMs = 0): Promise<void> {
    const trustedFor = this.#validUntil - this.#options.monotonic();
    if (trustedFor > this.#options.durationMs * TRUST - everyMs) return;
    return this.#write({});
  }

  /** Everything up to this sequence number has taken effect. Counts as a renewal. Throws a {@link LeaseLostError}. */
  async checkpoint(sequenceNumber: string): Promise<void> {
    return this.#write({ checkpoint: sequenceNumber });
  }

  /**
   * Gives the lease up, with a last checkpoint where there is one: to the one who asks for it, or to whoever takes it first.
   * Throws a {@link LeaseLostError}.
   */
  async release(checkpoint?: string): Promise<void> {
    return this.#write({ release: true, ...(checkpoint === undefined ? {} : { checkpoint }) });
  }

  /** The closed shard is handled to its end: final, and frees its children. Throws a {@link LeaseLostError}. */
  async end(): Promise<void> {
    return this.release(SHARD_END);
  }

  async #write(change: LeaseUpdate): Promise<void> {
    const done = this.#last.then(() => this.#writeNow(change));
    // The next write waits for this one to end either way; its failure is the caller's, through `done`.
    this.#last = done.then(nothing, nothing);
    return done;
  }

  /** Tries until it is written or the lease has run out: a throttled table must not cost a lease that is still valid. */
  async #writeNow(change: LeaseUpdate): Promise<void> {
    if (this.#released) {
      if (change.checkpoint === undefined) return;
      throw this.#lossError();
    }
    for (let attempt = 1; ; attempt += 1) {
      this.assertHeld();
      const sentAt = this.#options.monotonic();
      try {
        if (await this.#attempt(change)) {
          this.#counter += 1;
          if (change.release) this.#end();
          else this.#extend(sentAt);
          return;
        }
        this.#lose();
      } catch (error) {
        this.#options.onFailure(error);
        await pause(fullJitter(attempt, BACKOFF), this.#lost.signal, this.#timers);
      }
    }
  }

  async #attempt(change: LeaseUpdate): Promise<boolean> {
    const { table, owner } = this.#options;
    const load = this.#options.load?.();
    if (await table.update(this.shardId, owner, this.#counter, { ...change, ...(load && { load }) })) return true;
    // The condition failed. Either the lease is lost, or an earlier try of this write arrived and its answer did not:
    // no one else writes the next counter with this owner, or frees the row at the next counter.
    const row = await table.readOne(this.shardId);
    if (row === undefined || row.counter !== this.#counter + 1) return false;
    return (
      row.owner === (change.release ? undefined : owner) &&
      (change.checkpoint === undefined || sameCheckpoint(row.checkpoint, change.checkpoint))
    );
  }

  #extend(sentAt: number): void {
    this.#validUntil = sentAt + this.#options.durationMs * TRUST;
    this.#cancelDeadline();
    this.#cancelDeadline = this.#timers.after(this.#validUntil - this.#options.monotonic(), () => this.#lose());
  }

  #end(): void {
    this.#released = true;
    this.#cancelDeadline();
  }

  #lose(): void {
    this.#cancelDeadline();
    this.#lost.abort(this.#lossError());
  }

  #lossError(): LeaseLostError {
    return new LeaseLostError(this.#options.table.key(this.shardId));
  }
}

function nothing(): void {}
