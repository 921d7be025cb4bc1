import { pause } from '@lethe/kernel';
import type { VirtualTime } from '@lethe/kernel/virtual-time';
import { HarnessTimeoutError } from '../testing.errors.js';

/** Real milliseconds that work outside virtual time gets before virtual time moves on. */
const SETTLE_MS = 2;

/**
 * Moves virtual time from call to call until a condition holds. Where something may be waiting for the real world, as a
 * handler does for its database, each step is preceded by a little real time, so that virtual time does not run away.
 */
export class Pace {
  constructor(
    private readonly time: VirtualTime,
    /** Whether something runs that virtual time does not know of. */
    private readonly busy: () => boolean,
  ) {}

  /** Throws a {@link HarnessTimeoutError} where it does not hold within so much virtual time. */
  async until(holds: () => boolean, withinMs: number, what: () => string): Promise<void> {
    const end = this.time.monotonic() + withinMs;
    await this.time.advance(0);
    while (!holds()) {
      if (this.busy()) await pause(SETTLE_MS);
      await this.time.advance(0);
      if (holds()) return;
      const next = this.time.nextIn();
      if (next === undefined && this.busy()) continue;
      if (next === undefined || this.time.monotonic() + next > end) throw new HarnessTimeoutError(what(), withinMs);
      await this.time.advance(next);
    }
  }

  /** The outcome of the work. Throws a {@link HarnessTimeoutError} as {@link until} does. */
  async run<T>(work: Promise<T>, withinMs: number): Promise<T> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    work.then(end, end);
    const anyway = new Pace(this.time, () => true);
    await anyway.until(
      () => ended,
      withinMs,
      () => 'the work has not ended',
    );
    return work;
  }
}
