import { type JsonWebKey, type KeyObject, createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { IdentityConfigError } from '../identity.errors.js';

/** Between the name of the service and the rest of a key id: a key says whose it is, so that none signs for another. */
const SEPARATOR = ':';

/** A new pair for the tokens of one service: the private part is its secret, the public one goes into everyone's list. */
export function makeServiceKey(service: string): { readonly privateJwk: JsonWebKey; readonly publicJwk: JsonWebKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const about = { kid: `${service}${SEPARATOR}${randomUUID()}`, alg: 'ES256', use: 'sig' };
  return {
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...about },
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...about },
  };
}

/** The service whose key has that id; undefined where the id names none. */
export function serviceOfKey(kid: string): string | undefined {
  const end = kid.indexOf(SEPARATOR);
  return end > 0 ? kid.slice(0, end) : undefined;
}

/** Reads the private key of a service from the JSON of a JWK. Throws an IdentityConfigError that repeats nothing of it. */
export function readServiceKey(text: string, service: string): { readonly kid: string; readonly key: KeyObject } {
  try {
    const jwk = JSON.parse(text) as JsonWebKey;
    const kid: unknown = jwk['kid'];
    if (typeof kid === 'string' && serviceOfKey(kid) === service && jwk.crv === 'P-256') {
      return { kid, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
    }
  } catch {
    // The parser's own words may quote the secret.
  }
  throw new IdentityConfigError(`the service key of ${service} is no private JWK of P-256 with a kid that names it`);
}
