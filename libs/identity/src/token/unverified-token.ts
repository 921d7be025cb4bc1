import { InvalidTokenError } from '../identity.errors.js';
import { parseStrictObject } from './strict-json.js';

/** The longest token read, in characters. An access token of the store has about 500, one of Cognito about 1,100. */
export const MAX_TOKEN_LENGTH = 4096;
/** The longest key id read, in characters. */
export const MAX_KID_LENGTH = 128;

const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/**
 * The only header members read. Whatever brings a key (`jku`, `jwk`, `x5u`, `x5c`) or an extension
 * (`crit`, `zip`, `b64`) is refused, not ignored (S03, S12; RFC 8725 3.10).
 */
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/** What a token's header must say. */
export interface ExpectedHeader {
  readonly algorithm: string;
  /** Accepted `typ`; undefined stands for a header without one. */
  readonly types: readonly (string | undefined)[];
  /** What kind of token that is, for the reason of a refusal. */
  readonly kind: 'access' | 'service';
}

/** A token in its parts. Nothing is decided by it but which key to try (S02): its claims are still bytes. */
export interface UnverifiedToken {
  readonly kid: string;
  /** Header and payload as they were signed. */
  readonly signed: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/**
 * Reads a token that has the one form accepted: three base64url segments in their only spelling (S10), the algorithm
 * (S01), the type (S06) and a bounded `kid` (S03), no header twice. Throws an {@link InvalidTokenError}.
 */
export function readToken(token: string, expected: ExpectedHeader): UnverifiedToken {
  if (token.length > MAX_TOKEN_LENGTH) throw new InvalidTokenError('the token is too long');
  if (!TOKEN.test(token)) throw malformed();
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const header = decode(token.slice(0, first));
  const payload = decode(token.slice(first + 1, second));
  const signature = decode(token.slice(second + 1));
  return {
    kid: readKeyId(header, expected),
    signed: Buffer.from(token.slice(0, second), 'latin1'),
    payload,
    signature,
  };
}

/** Reads the claims, once the signature is found good. Throws an {@link InvalidTokenError}. */
export function readClaims({ payload }: UnverifiedToken): Readonly<Record<string, unknown>> {
  const claims = parseStrictObject(payload);
  if (!claims) throw malformed();
  return claims;
}

function readKeyId(bytes: Buffer, { algorithm, types, kind }: ExpectedHeader): string {
  const header = parseStrictObject(bytes);
  if (!header) throw malformed();
  if (header['alg'] !== algorithm) throw new InvalidTokenError('the algorithm is not allowed');
  const typ = header['typ'];
  if (!types.some((type) => type === typ)) throw new InvalidTokenError(`the token is no ${kind} token`);
  for (const name in header) {
    if (!HEADER_MEMBERS.has(name)) throw new InvalidTokenError('the token has a header that is not supported');
  }
  const kid = header['kid'];
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_LENGTH) {
    throw new InvalidTokenError('the key id is missing or too long');
  }
  return kid;
}

/** Base64url has unused bits at its end; only the text with zeros there is the encoding of its bytes. */
function decode(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) throw malformed();
  return bytes;
}

function malformed(): InvalidTokenError {
  return new InvalidTokenError('the token is malformed');
}
