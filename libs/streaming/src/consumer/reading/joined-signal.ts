/** Aborts with a signal of its own or with the one who waits; the same pair is joined once, not for each page. */
export class JoinedSignal {
  readonly #closed = new AbortController();
  #with: AbortSignal | undefined;
  #joined: AbortSignal | undefined;

  /** Its own part of it. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  with(stop: AbortSignal): AbortSignal {
    if (this.#joined && this.#with === stop) return this.#joined;
    this.#with = stop;
    this.#joined = AbortSignal.any([stop, this.#closed.signal]);
    return this.#joined;
  }

  close(): void {
    this.#closed.abort();
  }
}
