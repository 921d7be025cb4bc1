import { type VerificationKey } from '../keys/key-source.js';

/**
 * What was found in tokens whose signature was good, so that the second request with a token costs no signature. Bound to
 * the key object that verified: when the issuer withdraws a key, or its keys are fetched anew, what they vouched for is
 * gone. The oldest entry leaves when there are too many.
 *
 * Keyed by the token itself, of which only one spelling gets here (S10). A hash as key would keep tokens out of the heap
 * for longer than their request, and costs three times what the rest of the guard does (measured).
 */
export class TokenMemo<Found> {
  readonly #entries = new Map<string, { readonly key: VerificationKey; readonly found: Found }>();

  constructor(private readonly capacity: number) {}

  /** Id of the key that verified the token, if it is remembered. */
  keyOf(token: string): string | undefined {
    return this.#entries.get(token)?.key.kid;
  }

  /** What was found, if that key is the one that vouched for it. */
  recall(token: string, key: VerificationKey): Found | undefined {
    const entry = this.#entries.get(token);
    if (entry === undefined || entry.key === key) return entry?.found;
    this.#entries.delete(token);
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
