import { statement } from '@lethe/database';

/** $1 the last id of the page before, $2 rows. */
export const ACCOUNT_PAGE = statement(
  'transfer.page',
  `SELECT id, email, name, roles, password_hash, email_verified_at IS NOT NULL AS email_verified,
          disabled_at IS NOT NULL AS disabled, created_at
     FROM account WHERE id > $1 ORDER BY id LIMIT $2`,
);

/** $1 id, $2 email, $3 its key, $4 name, $5 roles, $6 hash, $7 verified, $8 disabled, $9 created. No row: it is there. */
export const ADD_ACCOUNT = statement(
  'transfer.add',
  `INSERT INTO account (id, email, email_key, name, roles, password_hash, email_verified_at, disabled_at, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END, CASE WHEN $8 THEN now() END, $9)
   ON CONFLICT DO NOTHING RETURNING id`,
);

/** $1 id, $2 key of the address. */
export const ACCOUNT_EXISTS = statement('transfer.exists', 'SELECT id FROM account WHERE id = $1 OR email_key = $2');
