import { InvalidTokenError } from './identity.errors.js';

/** The longest token read, in characters. An access token of the store has about 500. */
export const MAX_TOKEN_LENGTH = 4096;
/** The longest key id read, in characters. */
export const MAX_KID_LENGTH = 128;

const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/**
 * The only header members read. Whatever brings a key (`jku`, `jwk`, `x5u`, `x5c`) or an extension
 * (`crit`, `zip`, `b64`) is refused, not ignored (S03, S12; RFC 8725 3.10).
 */
const HEADER_MEMBERS = new Set(['alg', 'typ', 'kid']);

/**
 * Reads the key id of a token that has the one form accepted: three base64url segments in their only spelling (S10),
 * `alg` ES256 (S01), `typ` at+jwt (S06; RFC 9068 2.1) and a bounded `kid` (S03).
 * Throws an {@link InvalidTokenError}. Nothing is decided by what it returns but which key to try (S02).
 */
export function readKeyId(token: string): string {
  if (token.length > MAX_TOKEN_LENGTH) throw new InvalidTokenError('the token is too long');
  if (!TOKEN.test(token)) throw new InvalidTokenError('the token is malformed');
  const segments = token.split('.');
  if (!segments.every(isCanonical)) throw new InvalidTokenError('the token is malformed');
  const header = parseHeader(segments[0] ?? '');
  if (header['alg'] !== 'ES256') throw new InvalidTokenError('the algorithm is not allowed');
  if (header['typ'] !== 'at+jwt') throw new InvalidTokenError('the token is no access token');
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.has(name))) {
    throw new InvalidTokenError('the token has a header that is not supported');
  }
  const { kid } = header as { kid?: unknown };
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_LENGTH) {
    throw new InvalidTokenError('the key id is missing or too long');
  }
  return kid;
}

/** Base64url has unused bits at its end; only the text with zeros there is the encoding of its bytes. */
function isCanonical(segment: string): boolean {
  return Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

function parseHeader(segment: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch (cause) {
    throw new InvalidTokenError('the token is malformed', cause);
  }
  throw new InvalidTokenError('the token is malformed');
}
