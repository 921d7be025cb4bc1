import { type Database } from '@lethe/database';
import { type KeySeal } from './key-seal.js';
import { newSigningKey } from './new-signing-key.js';
import { INSERT_FIRST_KEY } from './signing-key.sql.js';

/** Makes the key that signs access tokens if there is none, and tells whether it did; part of the migration step. */
export async function ensureSigningKey(database: Database, seal: KeySeal): Promise<boolean> {
  const rows = await database.query(INSERT_FIRST_KEY, [...(await newSigningKey(seal))]);
  return rows.length > 0;
}
