import { createHash } from 'node:crypto';
import { BreachedPasswordsError } from '../auth.errors.js';

const PREFIX_LENGTH = 5;
const TIMEOUT_MS = 1_500;
/** A range has some 800 lines of 40 characters, padded up to 1,600. */
const MAX_BYTES = 1_000_000;

/**
 * A list of breached passwords, asked by the range protocol of Have I Been Pwned: it learns five digits of a SHA-1 that
 * some 800 passwords share, and which of them was asked for stays here (S24).
 */
export class BreachedPasswords {
  /** `url` ends before the digits, such as `https://api.pwnedpasswords.com/range/`. */
  constructor(private readonly url: string) {}

  /** Throws a BreachedPasswordsError where the list cannot be asked. */
  async includes(password: string): Promise<boolean> {
    const hash = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase();
    const range = await this.#range(hash.slice(0, PREFIX_LENGTH));
    const suffix = hash.slice(PREFIX_LENGTH);
    // Padding has a count of 0.
    return range
      .split(/\r?\n/)
      .some((line) => line.startsWith(`${suffix}:`) && Number(line.slice(suffix.length + 1)) > 0);
  }

  async #range(prefix: string): Promise<string> {
    try {
      const response = await fetch(`${this.url}${prefix}`, {
        headers: { 'add-padding': 'true', 'user-agent': 'lethe-auth' },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok || !response.body) throw new RangeError(`it answered ${response.status}`);
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.length > MAX_BYTES) throw new RangeError(`it answered more than ${MAX_BYTES} bytes`);
      }
      return text;
    } catch (cause) {
      throw new BreachedPasswordsError(cause);
    }
  }
}
