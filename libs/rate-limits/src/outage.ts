/** Failures in a row after which the counters are taken to be away. */
const FAILURES = 5;
/** Milliseconds between two tries while they are. */
const PAUSE_MS = 1_000;

/** Remembers that the counters are away, so that not every request waits for them in vain (R08). */
export class Outage {
  readonly #now: () => number;
  #failures = 0;
  #nextTry = 0;
  #cause: unknown;

  /** `now` gives milliseconds that never go back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What the last try met. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Whether to try: always before the fifth failure in a row, then once a second. */
  tries(): boolean {
    if (this.#failures < FAILURES) return true;
    const now = this.#now();
    if (now < this.#nextTry) return false;
    this.#nextTry = now + PAUSE_MS;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#cause = undefined;
  }

  failed(cause: unknown): void {
    this.#failures += 1;
    this.#cause = cause;
    if (this.#failures === FAILURES) this.#nextTry = this.#now() + PAUSE_MS;
  }
}
