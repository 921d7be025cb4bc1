import type { Timers } from '@lethe/kernel';

/** Bounds of the pause between two tries to reach the store again, in milliseconds. */
const BACKOFF = { base: 200, cap: 5_000 };

/**
 * Knows whether the store is worth asking (R08). One failure opens the circuit; then nobody asks, and behind some request
 * a ping tries, after a pause that doubles, whether the store is back. So no request pays for a store that is gone.
 */
export class Circuit {
  #failures = 0;
  #retryAt = 0;
  #probing: Promise<void> | undefined;

  constructor(
    private readonly ping: () => Promise<void>,
    private readonly timers: Pick<Timers, 'monotonic' | 'random'>,
    /** Told of the failure that opens the circuit, not of those that keep it open. */
    private readonly onOpen: (error: unknown) => void,
  ) {}

  /** Whether the store answered the last time. */
  get closed(): boolean {
    return this.#failures === 0;
  }

  /** As {@link closed}; begins to try whether the store is back where it is time to. */
  ask(): boolean {
    if (this.closed) return true;
    if (this.#probing === undefined && this.timers.monotonic() >= this.#retryAt) this.#probing = this.#probe();
    return false;
  }

  /** Opens the circuit. What was asked before it opened and fails now says nothing new. */
  failed(error: unknown): void {
    if (!this.closed) return;
    this.onOpen(error);
    this.#pause();
  }

  #pause(): void {
    const longest = Math.min(BACKOFF.cap, BACKOFF.base * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    this.#retryAt = this.timers.monotonic() + longest * (0.5 + this.timers.random() / 2);
  }

  /** Ends when no ping is under way. */
  async settled(): Promise<void> {
    await this.#probing;
  }

  async #probe(): Promise<void> {
    try {
      await this.ping();
      this.#failures = 0;
    } catch {
      // Known already: the failure that opened the circuit was told.
      this.#pause();
    } finally {
      this.#probing = undefined;
    }
  }
}
