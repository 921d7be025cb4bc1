import type { Lease } from '../lease.js';

interface Sighting {
  readonly counter: number;
  readonly owner: string | undefined;
  /** Monotonic milliseconds of this process. */
  readonly since: number;
}

/**
 * Judges whether the owner of a lease has died: its counter has stood still for the lease's duration, measured on this
 * process's monotonic clock. No wall clock takes part, so machines whose clocks differ cannot steal from each other (R36).
 */
export class LeaseObserver {
  #sightings = new Map<string, Sighting>();

  constructor(
    private readonly durationMs: number,
    private readonly monotonic: () => number,
  ) {}

  /** Notes what was read just now. */
  observe(leases: readonly Lease[]): void {
    const now = this.monotonic();
    const before = this.#sightings;
    this.#sightings = new Map(
      leases.map(({ key, counter, owner }) => {
        const seen = before.get(key);
        const unchanged = seen !== undefined && seen.counter === counter && seen.owner === owner;
        return [key, unchanged ? seen : { counter, owner, since: now }];
      }),
    );
  }

  /** Whether the owner has died. A free lease does not expire. */
  expired(lease: Lease): boolean {
    return lease.owner !== undefined && this.stillFor(lease) >= this.durationMs;
  }

  /** Milliseconds for which the lease has been seen as it is. */
  stillFor({ key }: Lease): number {
    const seen = this.#sightings.get(key);
    return seen === undefined ? 0 : this.monotonic() - seen.since;
  }
}
