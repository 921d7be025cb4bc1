import { type Database, isUniqueViolation } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { RAISE_SESSION_EPOCH, REVOKE_SESSIONS_OF_ACCOUNT } from '../session/session.sql.js';
import { type AccountRow } from './account.js';
import { ACCOUNT_BY_EMAIL, INSERT_ACCOUNT, REPLACE_HASH, VERIFY_EMAIL } from './account.sql.js';
import { emailKey } from './email-key.js';
import { type PasswordHasher } from './password-hasher.js';

export const ADMIN_EMAIL = 'admin@lethe.local';

/** Makes the admin's account, or gives it this password and ends its sessions (S20); part of the migration step. */
export async function ensureAdmin(
  database: Database,
  hasher: PasswordHasher,
  password: string,
): Promise<'created' | 'changed' | 'unchanged'> {
  const key = emailKey(ADMIN_EMAIL);
  const [admin] = await database.query<AccountRow>(ACCOUNT_BY_EMAIL, [key]);
  if (!admin) {
    const hash = await hasher.hash(password);
    try {
      const id = uuidv7();
      await database.transaction(async (tx) => {
        await tx.query(INSERT_ACCOUNT, [id, ADMIN_EMAIL, key, 'Administrator', ['admin'], hash]);
        await tx.query(VERIFY_EMAIL, [id]);
      });
      return 'created';
    } catch (error) {
      // Another migration step was faster: look again.
      if (isUniqueViolation(error, 'account_email_key')) return ensureAdmin(database, hasher, password);
      throw error;
    }
  }
  // No mail arrives there; who runs the migration step vouches for it.
  await database.query(VERIFY_EMAIL, [admin.id]);
  const { matches } = await hasher.check(password, admin.password_hash);
  if (matches) return 'unchanged';
  const hash = await hasher.hash(password);
  await database.transaction(async (tx) => {
    await tx.query(REPLACE_HASH, [admin.id, hash, admin.password_hash]);
    await tx.query(RAISE_SESSION_EPOCH, [admin.id]);
    await tx.query(REVOKE_SESSIONS_OF_ACCOUNT, [admin.id, 'password changed', null]);
  });
  return 'changed';
}
