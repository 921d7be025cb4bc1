import { statement } from '@lethe/database';
import { type AccountRow } from '../user/account.js';

/**
 * $1 hash, $2 client, $3 redirect URI, $4 challenge, $5 scope, $6 nonce, $7 account, $8 its epoch, $9 browser session,
 * $10 authenticated at, $11 lasts (s). Codes of the account are kept for a day, to know one that comes again.
 */
export const INSERT_CODE = statement(
  'authorization-code.insert',
  `WITH over AS (
     DELETE FROM authorization_code WHERE account_id = $7 AND expires_at < now() - interval '1 day'
   )
   INSERT INTO authorization_code (hash, client_id, redirect_uri, challenge, scope, nonce, account_id, session_epoch,
                                   browser, authenticated_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11))`,
);

/** A code as it is redeemed. */
export interface CodeRow {
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly challenge: string;
  readonly scope: string;
  readonly nonce: string | null;
  readonly account_id: string;
  readonly session_epoch: number;
  readonly browser: string;
  readonly authenticated_at: Date;
  readonly fresh: boolean;
  readonly used: boolean;
  readonly session_id: string | null;
  readonly roles: AccountRow['roles'];
}

/** Locks the code: of two that redeem it at once, one comes second (S15). Times are the database's. $1 hash. */
export const LOCK_CODE = statement(
  'authorization-code.lock',
  `SELECT c.client_id, c.redirect_uri, c.challenge, c.scope, c.nonce, c.account_id, c.session_epoch, c.browser,
          c.authenticated_at, c.expires_at > clock_timestamp() AS fresh, c.used_at IS NOT NULL AS used, c.session_id,
          a.roles
     FROM authorization_code c JOIN account a ON a.id = c.account_id
    WHERE c.hash = $1
      FOR UPDATE OF c`,
);

/** $1 hash, $2 the sign-in it was redeemed for, or null. */
export const USE_CODE = statement(
  'authorization-code.use',
  'UPDATE authorization_code SET used_at = clock_timestamp(), session_id = $2 WHERE hash = $1',
);

/**
 * The account of a browser session, if it still holds: nothing has ended the account's sign-ins since, and no sign-in
 * from this browser session was ended, as by logging out. $1 account, $2 epoch, $3 browser session.
 */
export const ACCOUNT_OF_BROWSER = statement(
  'account.of-browser',
  `SELECT id, email, name, roles, session_epoch FROM account a
    WHERE id = $1 AND session_epoch = $2
      AND NOT EXISTS (SELECT FROM session s
                       WHERE s.account_id = a.id AND s.browser = $3 AND s.revoked_at IS NOT NULL)`,
);
