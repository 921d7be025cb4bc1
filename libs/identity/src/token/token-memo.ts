import { hash } from 'node:crypto';
import { type VerificationKey } from '../keys/key-source.js';

/**
 * What was found in tokens whose signature was good, so that the second request with a token costs no signature. Keyed
 * by a hash: the heap holds no token. Bound to the key object that verified: when the issuer withdraws a key, or its
 * keys are fetched anew, what they vouched for is gone. The oldest entry leaves when there are too many.
 */
export class TokenMemo<Found> {
  readonly #entries = new Map<string, { readonly key: VerificationKey; readonly found: Found }>();

  constructor(private readonly capacity: number) {}

  /** The name under which a token is kept. */
  nameOf(token: string): string {
    return this.capacity === 0 ? '' : hash('sha256', token, 'base64url');
  }

  /** Id of the key that verified the token, if it is remembered. */
  keyOf(name: string): string | undefined {
    return this.#entries.get(name)?.key.kid;
  }

  /** What was found, if that key is the one that vouched for it. */
  recall(name: string, key: VerificationKey): Found | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.key === key) return entry?.found;
    this.#entries.delete(name);
    return undefined;
  }

  keep(name: string, key: VerificationKey, found: Found): void {
    if (this.capacity === 0) return;
    this.#entries.set(name, { key, found });
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
