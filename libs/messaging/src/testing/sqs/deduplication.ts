import type { Timers } from '@lethe/kernel';

/** Milliseconds in which a FIFO queue or topic takes no second message of one id. Source: MessageDeduplicationId. */
const WINDOW_MS = 5 * 60_000;

interface Known {
  readonly id: string;
  readonly sequence: number;
}

/** The deduplication ids of the last five minutes. */
export class Deduplication {
  readonly #known = new Map<string, Known & { readonly until: number }>();

  constructor(private readonly time: Pick<Timers, 'monotonic'>) {}

  find(key: string): Known | undefined {
    const known = this.#known.get(key);
    return known && known.until > this.time.monotonic() ? known : undefined;
  }

  remember(key: string, { id, sequence }: Known): void {
    this.#known.set(key, { id, sequence, until: this.time.monotonic() + WINDOW_MS });
  }
}
