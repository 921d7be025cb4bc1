import { Database, migrate } from '@lethe/database';
import { type MigrateConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { ensureSigningKey } from './signing/ensure-signing-key.js';
import { KeySeal } from './signing/key-seal.js';
import { ensureAdmin } from './user/ensure-admin.js';
import { PasswordHasher } from './user/password-hasher.js';

/** What the migration step did. */
export interface Prepared {
  readonly applied: readonly string[];
  readonly signingKey: 'created' | 'unchanged';
  readonly admin: 'created' | 'changed' | 'unchanged' | 'none';
}

/** The one-off step before a deployment: schema, signing key, admin. It may run again, and at the same time elsewhere. */
export async function prepare(
  config: Pick<MigrateConfig, 'DATABASE_URL' | 'AUTH_KEY_SECRET' | 'LETHE_ADMIN_PASSWORD'>,
): Promise<Prepared> {
  const url = config.DATABASE_URL;
  const applied = await migrate({ ...authDatabase, url });
  const database = new Database({ ...authDatabase, url, poolSize: 1 });
  await database.open();
  try {
    const made = await ensureSigningKey(database, new KeySeal(config.AUTH_KEY_SECRET));
    const password = config.LETHE_ADMIN_PASSWORD;
    const admin = password === undefined ? 'none' : await ensureAdmin(database, new PasswordHasher(1), password);
    return { applied, signingKey: made ? 'created' : 'unchanged', admin };
  } finally {
    await database.close();
  }
}
