import { Database, migrate } from '@lethe/database';
import { systemClock } from '@lethe/kernel';
import { type DatabaseConfig, databaseOf } from '@lethe/service-kit';
import { type MigrateConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { CognitoSignIn } from './cognito/cognito-sign-in.js';
import { ensurePoolAdmin } from './cognito/ensure-pool-admin.js';
import { openPool } from './cognito/open-pool.js';
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

/** What the step needs to know; without `cognito` the admin is an account of auth's own. */
export type PrepareConfig = DatabaseConfig &
  Pick<MigrateConfig, 'AUTH_KEY_SECRET' | 'LETHE_ADMIN_PASSWORD'> & {
    readonly cognito?: Parameters<typeof openPool>[0] | undefined;
  };

/** The one-off step before a deployment: schema, signing key, admin. It may run again, and at the same time elsewhere. */
export async function prepare(config: PrepareConfig): Promise<Prepared> {
  const options = { ...authDatabase, ...databaseOf(config) };
  const applied = await migrate(options);
  const database = new Database({ ...options, poolSize: 1 });
  await database.open();
  try {
    const made = await ensureSigningKey(database, new KeySeal(config.AUTH_KEY_SECRET));
    return { applied, signingKey: made ? 'created' : 'unchanged', admin: await prepareAdmin(database, config) };
  } finally {
    await database.close();
  }
}

async function prepareAdmin(database: Database, config: PrepareConfig): Promise<Prepared['admin']> {
  const { LETHE_ADMIN_PASSWORD: password, cognito } = config;
  if (password === undefined) return 'none';
  if (cognito === undefined) return ensureAdmin(database, new PasswordHasher(1), password);
  const pool = openPool(cognito);
  try {
    return await ensurePoolAdmin(pool, new CognitoSignIn(pool, systemClock), password);
  } finally {
    pool.close();
  }
}
