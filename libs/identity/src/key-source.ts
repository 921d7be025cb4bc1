import { type CryptoKey, type JWK, importJWK } from 'jose';
import { MAX_KID_LENGTH } from './token-format.js';

/** Where verification keys come from: the issuer's JWKS, or, inside the issuer, its own table. */
export interface KeySource {
  /** The key of that id; undefined if the issuer has none. Throws a KeysUnavailableError if that cannot be told. */
  find(kid: string): Promise<CryptoKey | undefined>;
}

/** The public keys of a JWKS (RFC 7517) that verify ES256, by key id. Members that are anything else are left out (S09). */
export async function importKeys(jwks: unknown): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of membersOf(jwks)) {
    if (!verifiesEs256(jwk)) continue;
    const { kty, crv, x, y } = jwk;
    const key = await importJWK({ kty, crv, x, y } as JWK, 'ES256');
    if (jwk.kid !== undefined && !(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  return keys;
}

function membersOf(jwks: unknown): readonly JWK[] {
  const keys = (jwks as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('the JWKS has no list of keys');
  return keys.filter((key): key is JWK => typeof key === 'object' && key !== null);
}

function verifiesEs256({ kty, crv, x, y, d, kid, alg, use, key_ops: operations }: JWK): boolean {
  return (
    kty === 'EC' &&
    crv === 'P-256' &&
    typeof x === 'string' &&
    typeof y === 'string' &&
    d === undefined &&
    typeof kid === 'string' &&
    kid.length <= MAX_KID_LENGTH &&
    (alg ?? 'ES256') === 'ES256' &&
    (use ?? 'sig') === 'sig' &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}
