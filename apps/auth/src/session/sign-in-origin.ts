import { createHmac, hkdfSync } from 'node:crypto';

/** The client of who signs in with address and password, without a browser's redirects. */
export const DIRECT_CLIENT = 'lethe-direct';

/** Where a sign-in comes from. */
export interface SignInOrigin {
  /** The client its refresh tokens are bound to (S18). */
  readonly clientId: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  /** Id of the browser session it came from, where it came by the sign-in page. */
  readonly browser?: string;
}

const USER_AGENT_LENGTH = 200;
const PSEUDONYM_LENGTH = 16;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** What is kept of the user agent: its beginning, on one line. */
export function shownUserAgent(userAgent: string | undefined): string {
  return (userAgent ?? '').replace(CONTROL_CHARACTERS, ' ').slice(0, USER_AGENT_LENGTH);
}

/** The key of {@link addressPseudonym}, from AUTH_KEY_SECRET (base64). */
export function addressKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64'), '', 'lethe.auth.address', 32));
}

/**
 * Lets an account's owner see which sign-ins came from one address, and nobody learn the address from the database or
 * whether two accounts share one (S54).
 */
export function addressPseudonym(key: Buffer, accountId: string, ip: string): string {
  return createHmac('sha256', key).update(`${accountId} ${ip}`).digest('hex').slice(0, PSEUDONYM_LENGTH);
}
