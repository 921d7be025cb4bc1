import { type Clock, systemClock } from '@lethe/kernel';

export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** Milliseconds it stays open before one call may try again. */
  readonly openMs?: number;
  readonly clock?: Clock;
}

/**
 * Fails fast while a dependency is down (R08): open after some failures in a row, then one trial per `openMs`. It
 * guesses about the health of another process; a replica without its memory guesses again after a few calls.
 */
export class CircuitBreaker {
  private readonly limit: number;
  private readonly openMs: number;
  private readonly clock: Clock;
  private inARow = 0;
  private closedAgainAt = 0;

  constructor({ failures = 5, openMs = 1_000, clock = systemClock }: CircuitBreakerOptions = {}) {
    this.limit = failures;
    this.openMs = openMs;
    this.clock = clock;
  }

  /** Whether a call may be made now. While open, the first after `openMs` may, and the others wait for its outcome. */
  allows(): boolean {
    if (this.inARow < this.limit) return true;
    if (this.clock.now() < this.closedAgainAt) return false;
    this.closedAgainAt = this.clock.now() + this.openMs;
    return true;
  }

  succeeded(): void {
    this.inARow = 0;
  }

  failed(): void {
    this.inARow += 1;
    if (this.inARow >= this.limit) this.closedAgainAt = this.clock.now() + this.openMs;
  }
}
