import { type Role } from '@lethe/contracts';
import { statement } from '@lethe/database';

/** An account as an admin sees it. */
export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: Role[];
  readonly version: number;
  readonly email_verified: boolean;
  readonly disabled: boolean;
  readonly second_factor: boolean;
  readonly created_at: Date;
}

const USER = `
  SELECT a.id, a.email, a.name, a.roles, a.version, a.created_at,
         a.email_verified_at IS NOT NULL AS email_verified, a.disabled_at IS NOT NULL AS disabled,
         f.confirmed_at IS NOT NULL AS second_factor
    FROM account a LEFT JOIN second_factor f ON f.account_id = a.id`;

/** $1 id. */
export const FIND_USER = statement('user.find', `${USER} WHERE a.id = $1`);

/**
 * In the order of their making. $1 after this id, $2 at most, $3 a LIKE pattern of what begins the address or a word of
 * the name, $4 role, $5 status; null for any.
 */
export const FIND_USERS = statement(
  'user.list',
  `${USER}
    WHERE a.id > $1
      AND ($3::text IS NULL OR a.email_key LIKE $3 OR ' ' || lower(a.name) LIKE '% ' || $3)
      AND ($4::text IS NULL OR a.roles @> ARRAY[$4])
      AND CASE $5 WHEN 'active' THEN a.disabled_at IS NULL
                  WHEN 'disabled' THEN a.disabled_at IS NOT NULL
                  WHEN 'unverified' THEN a.email_verified_at IS NULL
                  ELSE true END
    ORDER BY a.id
    LIMIT $2`,
);

/** $1 id, $2 the version it has, null for any, $3 roles, $4 whether it is disabled; null for what stays. */
export const CHANGE_USER = statement(
  'user.change',
  `UPDATE account
      SET roles = coalesce($3, roles), version = version + 1,
          disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at WHEN $4 THEN coalesce(disabled_at, now()) END
    WHERE id = $1 AND ($2::integer IS NULL OR version = $2)
   RETURNING id`,
);

/** Sign-ins, codes and factors go with it. $1 id. */
export const DELETE_USER = statement('user.delete', 'DELETE FROM account WHERE id = $1 RETURNING id');
