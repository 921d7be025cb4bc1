import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SigningKeySealError } from '../auth.errors.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts private keys for the database: AES-256-GCM (NIST SP 800-38D), bound to the id of the key. */
export class KeySeal {
  readonly #key: Buffer;

  /** `secret` is AUTH_KEY_SECRET: 32 bytes in base64. */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64'), '', 'lethe.auth.signing-key', 32));
  }

  /** Nonce, then ciphertext, then tag. */
  seal(kid: string, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(kid));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws a SigningKeySealError for another secret, another id, or altered bytes. */
  open(kid: string, sealed: Buffer): string {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const body = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SigningKeySealError(kid, cause);
    }
  }
}
