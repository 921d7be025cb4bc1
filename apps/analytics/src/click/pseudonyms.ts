import { createHmac } from 'node:crypto';

/**
 * Replaces session ids by pseudonyms before they leave the replica (S54): the stream, the table and all that is read
 * from them never hold what a visitor's browser holds. HMAC-SHA-256 with the salt as its key, cut to 128 bits: the same
 * session is the same pseudonym on every replica, and without the salt no list of sessions can be tried out.
 */
export class Pseudonyms {
  constructor(private readonly salt: string) {}

  of(sessionId: string): string {
    return createHmac('sha256', this.salt).update(sessionId).digest().subarray(0, 16).toString('base64url');
  }
}
