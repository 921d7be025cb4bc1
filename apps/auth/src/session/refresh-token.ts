import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** For how long a used refresh token is answered with the same successor: two tabs, or an answer lost on the way (S17). */
export const GRACE_SECONDS = 10;

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A new refresh token: 256 random bits in base64url. */
export function newRefreshToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * The one token that replaces the given one. Derived, so that every replica answers the same within the grace period
 * though none stores it; only who knows the secret can derive it.
 */
export function successorOf(token: string, key: Buffer): string {
  return createHmac('sha256', key).update(token).digest('base64url');
}

/** The key of {@link successorOf}, from AUTH_KEY_SECRET (base64). */
export function successorKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64'), '', 'lethe.auth.refresh-token', TOKEN_BYTES));
}

/** What is stored of a token; undefined for a text that is none. Its bits are random, so that plain SHA-256 will do (S18). */
export function refreshTokenHash(token: string): Buffer | undefined {
  return TOKEN.test(token) ? createHash('sha256').update(token).digest() : undefined;
}
