import { type Database } from '@lethe/database';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { type KeySeal } from './key-seal.js';
import { INSERT_FIRST_KEY } from './signing-key.sql.js';

/** Makes the key that signs access tokens if there is none, and tells whether it did; part of the migration step. */
export async function ensureSigningKey(database: Database, seal: KeySeal): Promise<boolean> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const sealed = seal.seal(kid, JSON.stringify(await exportJWK(pair.privateKey)));
  const published = { ...publicJwk, kid, alg: 'ES256', use: 'sig' };
  const rows = await database.query(INSERT_FIRST_KEY, [kid, JSON.stringify(published), sealed]);
  return rows.length > 0;
}
