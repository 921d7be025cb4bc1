import type { Timers } from '@lethe/kernel';

/** Calls at the earliest of the times that it was asked for, and forgets them all then. */
export class Wake {
  #at = Infinity;
  #cancel: () => void = () => undefined;

  constructor(
    private readonly timers: Pick<Timers, 'monotonic' | 'after'>,
    private readonly call: () => void,
  ) {}

  /** In so many milliseconds at the latest. */
  within(ms: number): void {
    const at = this.timers.monotonic() + ms;
    if (at >= this.#at) return;
    this.#cancel();
    this.#at = at;
    this.#cancel = this.timers.after(ms, () => {
      this.#at = Infinity;
      this.call();
    });
  }

  /** Calls no more until it is asked again. */
  cancel(): void {
    if (this.#at === Infinity) return;
    this.#cancel();
    this.#at = Infinity;
  }
}
