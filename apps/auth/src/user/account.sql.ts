import { statement } from '@lethe/database';

/** $1 id, $2 email, $3 its key, $4 name, $5 roles, $6 password hash. */
export const INSERT_ACCOUNT = statement(
  'account.insert',
  `INSERT INTO account (id, email, email_key, name, roles, password_hash) VALUES ($1, $2, $3, $4, $5, $6)`,
);

const ACCOUNT = `
  SELECT a.id, a.email, a.name, a.roles, a.session_epoch, a.password_hash, a.pending_email,
         a.disabled_at IS NOT NULL AS disabled, a.email_verified_at IS NOT NULL AS email_verified,
         f.confirmed_at IS NOT NULL AS second_factor
    FROM account a LEFT JOIN second_factor f ON f.account_id = a.id`;

/** $1 key of the address. Disabled accounts too. */
export const ACCOUNT_BY_EMAIL = statement('account.by-email', `${ACCOUNT} WHERE a.email_key = $1`);

/** $1 id. For a disabled account there is no row: nothing goes on for it (S21). */
export const ACCOUNT_BY_ID = statement('account.by-id', `${ACCOUNT} WHERE a.id = $1 AND a.disabled_at IS NULL`);

/** $1 id, $2 the new hash, $3 the old one: of two replicas that rehash at once, or a password change, the first stays. */
export const REPLACE_HASH = statement(
  'account.replace-hash',
  'UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3 RETURNING id',
);

/** The address was shown to be its owner's: a code that was mailed there came back. $1 id, $2 the new hash. */
export const RESET_PASSWORD = statement(
  'account.reset-password',
  `UPDATE account SET password_hash = $2, email_verified_at = coalesce(email_verified_at, now()), version = version + 1
    WHERE id = $1 AND disabled_at IS NULL RETURNING id`,
);

/** $1 id. */
export const VERIFY_EMAIL = statement(
  'account.verify-email',
  `UPDATE account SET email_verified_at = now(), version = version + 1
    WHERE id = $1 AND email_verified_at IS NULL`,
);

/** $1 id, $2 the address it is to have. */
export const WISH_EMAIL = statement('account.wish-email', 'UPDATE account SET pending_email = $2 WHERE id = $1');

/** $1 id, $2 the new address, $3 its key. */
export const CHANGE_EMAIL = statement(
  'account.change-email',
  `UPDATE account SET email = $2, email_key = $3, email_verified_at = now(), pending_email = NULL, version = version + 1
    WHERE id = $1 AND pending_email = $2 RETURNING id`,
);
