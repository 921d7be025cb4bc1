import { createHmac, timingSafeEqual } from 'node:crypto';
import { SigningKeyError } from '../sessions.errors.js';

/** What a good signature says: the value, and whether an old key made it, so that it is to be signed anew. */
export interface OpenedValue {
  readonly value: string;
  readonly stale: boolean;
}

/** Shortest secret accepted, in characters: 128 bits even where they are hexadecimal digits (RFC 2104 3). */
const SHORTEST = 32;

/**
 * The secrets that cookies and anti-forgery tokens are signed with, newest first. The first signs, all of them verify:
 * so every replica accepts both during a rotation, whichever was started first (S36). HMAC-SHA256, compared in constant
 * time; what is signed for one purpose is not good for another. Throws {@link SigningKeyError} for no or a short secret.
 */
export class SigningKeys {
  readonly #keys: readonly string[];

  constructor(secrets: string | readonly string[]) {
    this.#keys = typeof secrets === 'string' ? [secrets] : [...secrets];
    if (this.#keys.length === 0) throw new SigningKeyError('at least one signing key is needed');
    if (this.#keys.some((key) => key.length < SHORTEST))
      throw new SigningKeyError(`a signing key has at least ${SHORTEST} characters`);
  }

  /** `value.signature`, by the newest key. */
  sign(purpose: string, value: string): string {
    return `${value}.${mac(this.#keys[0] ?? '', purpose, value)}`;
  }

  /** The value of a signed text; undefined where no key made the signature. */
  open(purpose: string, signed: string): OpenedValue | undefined {
    const dot = signed.lastIndexOf('.');
    if (dot < 0) return undefined;
    const value = signed.slice(0, dot);
    const given = Buffer.from(signed.slice(dot + 1));
    const index = this.#keys.findIndex((key) => {
      const expected = Buffer.from(mac(key, purpose, value));
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
    return index < 0 ? undefined : { value, stale: index > 0 };
  }
}

function mac(key: string, purpose: string, value: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${value}`).digest('base64url');
}
