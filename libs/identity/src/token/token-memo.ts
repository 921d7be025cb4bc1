import { type VerificationKey } from '../keys/key-source.js';

/** What was found in a token, and the key that vouched for it. */
export interface Remembered<Found> {
  readonly key: VerificationKey;
  readonly found: Found;
}

/**
 * What was found in tokens whose signature was good, so that the second request with a token costs no signature. Bound to
 * the key object that verified: when the issuer withdraws a key, or its keys are fetched anew, what they vouched for is
 * gone. The oldest entry leaves when there are too many.
 *
 * Keyed by the token itself, of which only one spelling gets here (S10). A hash as key would keep tokens out of the heap
 * for longer than their request, and costs three times what the rest of the guard does (measured).
 */
export class TokenMemo<Found> {
  readonly #entries = new Map<string, Remembered<Found>>();

  constructor(private readonly capacity: number) {}

  /**
   * What is remembered of a token; ask {@link vouched} whether it still holds. The one lookup of a request: each has its
   * own copy of the token, which is hashed and compared at its first.
   */
  recall(token: string): Remembered<Found> | undefined {
    return this.#entries.get(token);
  }

  /** What was found, if `key` (what its id finds now) is the one that vouched for it. Forgotten if that is another. */
  vouched(token: string, remembered: Remembered<Found>, key: VerificationKey | undefined): Found | undefined {
    if (key === remembered.key) return remembered.found;
    // Meanwhile the token may have been verified by the new key.
    if (key !== undefined && this.#entries.get(token) === remembered) this.#entries.delete(token);
    return undefined;
  }

  keep(token: string, key: VerificationKey, found: Found): void {
    if (this.capacity === 0) return;
    this.#entries.set(token, { key, found });
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
