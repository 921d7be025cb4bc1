import { hash, randomBytes } from 'node:crypto';

/** Bits of a token: ASVS 7.2.3 asks for at least 128 (S31). */
const TOKEN_BYTES = 32;

/** A new session token: 256 random bits in base64url, for the browser's cookie alone. */
export function newSessionToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What stores know a session by: SHA-256 of its token, so that whoever reads a store can use no session of it. */
export function sessionIdOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
