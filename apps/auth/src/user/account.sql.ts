import { statement } from '@lethe/database';

/** $1 id, $2 email, $3 its key, $4 name, $5 roles, $6 password hash. */
export const INSERT_ACCOUNT = statement(
  'account.insert',
  `INSERT INTO account (id, email, email_key, name, roles, password_hash) VALUES ($1, $2, $3, $4, $5, $6)`,
);

export const ACCOUNT_BY_EMAIL = statement(
  'account.by-email',
  'SELECT id, email, name, roles, session_epoch, password_hash FROM account WHERE email_key = $1',
);

export const ACCOUNT_BY_ID = statement('account.by-id', 'SELECT id, email, name, roles, session_epoch FROM account WHERE id = $1');

/** $1 id, $2 the new hash, $3 the old one: of two replicas that rehash at once, or a password change, the first stays. */
export const REPLACE_HASH = statement(
  'account.replace-hash',
  'UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3',
);
