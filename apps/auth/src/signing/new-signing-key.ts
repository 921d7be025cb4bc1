import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { type KeySeal } from './key-seal.js';

/** A key as its row keeps it: id, public JWK as it will be published, sealed private key. */
export type NewSigningKey = readonly [kid: string, publicJwk: string, sealedPrivateKey: Buffer];

/** Makes a P-256 key pair. Its id is the thumbprint of its public part (RFC 7638). */
export async function newSigningKey(seal: KeySeal): Promise<NewSigningKey> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const sealed = seal.seal(kid, JSON.stringify(await exportJWK(pair.privateKey)));
  return [kid, JSON.stringify({ ...publicJwk, kid, alg: 'ES256', use: 'sig' }), sealed];
}
