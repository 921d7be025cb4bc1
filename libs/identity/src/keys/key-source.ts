import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import { type Algorithm } from '../issuers.js';
import { MAX_KID_LENGTH } from '../token/unverified-token.js';

/** A public key, bound to the one algorithm for which it was published (S01). */
export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

/** Where verification keys come from: the issuer's JWKS, or, inside the issuer, its own table. */
export interface KeySource {
  /** The key of that id; undefined if the issuer has none. Throws a KeysUnavailableError if that cannot be told. */
  find(kid: string): Promise<VerificationKey | undefined>;
  /** The same at once, where that needs nothing to be fetched; undefined means: ask {@link find}. */
  peek?(kid: string): VerificationKey | undefined;
}

/** RFC 7518 3.3 asks for 2,048 bits; more than 8,192 would make a verification cost like a sign-in. */
const RSA_BITS = { least: 2_048, most: 8_192 };

/**
 * The public keys of a JWKS (RFC 7517) that verify the algorithm, by key id. Members that are anything else are left
 * out (S09; RFC 7517 5). Throws a TypeError for what is no JWKS.
 */
export function importKeys(jwks: unknown, algorithm: Algorithm = 'ES256'): ReadonlyMap<string, VerificationKey> {
  const keys = new Map<string, VerificationKey>();
  for (const jwk of membersOf(jwks)) {
    const { kid } = jwk;
    if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_LENGTH || !isMeantFor(jwk, algorithm)) continue;
    const key = publicKeyOf(jwk, algorithm);
    if (key) keys.set(kid, { kid, algorithm, key });
  }
  return keys;
}

function membersOf(jwks: unknown): readonly JsonWebKey[] {
  const keys = (jwks as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('the JWKS has no list of keys');
  return keys.filter((key): key is JsonWebKey => typeof key === 'object' && key !== null);
}

function isMeantFor({ alg, use, key_ops: operations }: JsonWebKey, algorithm: Algorithm): boolean {
  return (
    (alg ?? algorithm) === algorithm &&
    (use ?? 'sig') === 'sig' &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}

/** Undefined where the members are no public key of the algorithm, or a private one was published by mistake. */
function publicKeyOf(jwk: JsonWebKey, algorithm: Algorithm): KeyObject | undefined {
  const parts = publicParts(jwk, algorithm);
  if (!parts || jwk.d !== undefined) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: parts, format: 'jwk' });
  } catch {
    // A point that is not on the curve, a number that is none: not a key, and no reason to do without the others.
    return undefined;
  }
  const { modulusLength: bits } = key.asymmetricKeyDetails ?? {};
  return bits === undefined || (bits >= RSA_BITS.least && bits <= RSA_BITS.most) ? key : undefined;
}

function publicParts({ kty, crv, x, y, n, e }: JsonWebKey, algorithm: Algorithm): JsonWebKey | undefined {
  if (algorithm === 'ES256') {
    const whole = kty === 'EC' && crv === 'P-256' && typeof x === 'string' && typeof y === 'string';
    return whole ? { kty, crv, x, y } : undefined;
  }
  return kty === 'RSA' && typeof n === 'string' && typeof e === 'string' ? { kty, n, e } : undefined;
}
