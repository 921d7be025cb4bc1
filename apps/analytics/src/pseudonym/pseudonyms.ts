import { createHmac } from 'node:crypto';

/**
 * Replaces ids of people by pseudonyms (S54): sessions before they leave the replica, so that the stream, the table and
 * all that is read from them never hold what a visitor's browser holds; buyers before they are kept. HMAC-SHA-256 with the
 * salt as its key, cut to 128 bits: the same id is the same pseudonym on every replica, and without the salt no list of
 * ids can be tried out.
 */
export class Pseudonyms {
  constructor(private readonly salt: string) {}

  of(id: string): string {
    return createHmac('sha256', this.salt).update(id).digest().subarray(0, 16).toString('base64url');
  }
}
