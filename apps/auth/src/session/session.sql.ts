import { statement } from '@lethe/database';

/**
 * A sign-in and its first token; sign-ins of the account that are over make room, tokens and all; one that was ended
 * stays for longer than the browser session from which it came. Nothing is made where
 * the account's epoch has risen: its row is locked, so that this and the ending of its sign-ins take turns.
 * $1 session, $2 account, $3 its epoch, $4 lasts (s), $5 hash of the token, $6 it lasts unused (s), $7 client,
 * $8 pseudonym of the address, $9 user agent, $10 browser session, or null.
 */
export const INSERT_SESSION = statement(
  'session.open',
  `WITH owner AS (
     SELECT id FROM account WHERE id = $2 AND session_epoch = $3 FOR SHARE
   ), over AS (
     DELETE FROM session
      WHERE account_id = $2 AND expires_at < now()
        AND (revoked_at IS NULL OR expires_at < now() - interval '1 day')
   ), made AS (
     INSERT INTO session (id, account_id, expires_at, client_id, address, user_agent, browser)
     SELECT $1, owner.id, now() + make_interval(secs => $4), $7, $8, $9, $10 FROM owner
     RETURNING id, expires_at
   )
   INSERT INTO refresh_token (hash, session_id, expires_at)
   SELECT $5, id, least(expires_at, now() + make_interval(secs => $6)) FROM made
   RETURNING session_id`,
);

/** What a refresh must know, by hash of the token. */
export interface RefreshRow {
  readonly session_id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly live: boolean;
  readonly used: boolean;
  readonly within_grace: boolean;
}

/**
 * Both rows are locked: parallel refreshes of one sign-in, and its logout, take turns. Times are the database's, read
 * after the wait (clock_timestamp), so that replicas whose clocks differ agree. $1 hash, $2 grace (s).
 */
export const LOCK_REFRESH_TOKEN = statement(
  'refresh-token.lock',
  `SELECT s.id AS session_id, s.account_id, s.client_id,
          s.revoked_at IS NULL AND s.expires_at > clock_timestamp() AND t.expires_at > clock_timestamp() AS live,
          t.used_at IS NOT NULL AS used,
          coalesce(t.used_at + make_interval(secs => $2) > clock_timestamp(), false) AS within_grace
     FROM refresh_token t JOIN session s ON s.id = t.session_id
    WHERE t.hash = $1
      FOR UPDATE OF s, t`,
);

/** $1 hash of the used token, $2 hash of its successor, $3 it lasts unused (s). */
export const ROTATE_REFRESH_TOKEN = statement(
  'refresh-token.rotate',
  `WITH used AS (
     UPDATE refresh_token SET used_at = clock_timestamp() WHERE hash = $1 RETURNING hash, session_id
   ), touched AS (
     UPDATE session s SET last_used_at = clock_timestamp() FROM used WHERE s.id = used.session_id
     RETURNING s.id, s.expires_at, used.hash
   )
   INSERT INTO refresh_token (hash, session_id, parent, expires_at)
   SELECT $2, id, hash, least(expires_at, now() + make_interval(secs => $3)) FROM touched`,
);

/** $1 session, $2 why. */
export const REVOKE_SESSION = statement(
  'session.revoke',
  'UPDATE session SET revoked_at = now(), revoked_for = $2 WHERE id = $1 AND revoked_at IS NULL',
);

/** The sign-in that a refresh token belongs to. */
export interface SessionOfToken {
  readonly id: string;
  readonly account_id: string;
  readonly client_id: string;
}

/** $1 hash of any token of the session. */
export const SESSION_OF_TOKEN = statement(
  'session.of-token',
  `SELECT s.id, s.account_id, s.client_id FROM refresh_token t JOIN session s ON s.id = t.session_id
    WHERE t.hash = $1 AND s.revoked_at IS NULL`,
);

/** $1 account, $2 why, $3 the session that stays, or null. */
export const REVOKE_SESSIONS_OF_ACCOUNT = statement(
  'session.revoke-by-account',
  `UPDATE session SET revoked_at = now(), revoked_for = $2
    WHERE account_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3`,
);

/**
 * Locks the account's sign-ins, and of these gives the ones that may have an access token in use: one that was being
 * refreshed is seen as it is after that. $1 account, $2 the session that stays, or null, $3 an access token lasts (s).
 */
export const SESSIONS_WITH_LIVE_TOKENS = statement(
  'session.with-live-tokens',
  `WITH locked AS (
     SELECT id, last_used_at FROM session
      WHERE account_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2
      ORDER BY id
        FOR UPDATE
   )
   SELECT id FROM locked WHERE last_used_at > clock_timestamp() - make_interval(secs => $3 + 60)`,
);

/** $1 account. */
export const RAISE_SESSION_EPOCH = statement(
  'account.raise-session-epoch',
  'UPDATE account SET session_epoch = session_epoch + 1 WHERE id = $1',
);
