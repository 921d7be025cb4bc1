import { statement } from '@lethe/database';

/** A sign-in that still holds. */
export interface SessionRow {
  readonly id: string;
  readonly client_id: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly address: string;
  readonly user_agent: string;
}

/** Sign-ins of the account that can be refreshed, the newest first. $1 account, $2 below this id, or null, $3 limit. */
export const LIVE_SESSIONS = statement(
  'session.live',
  `SELECT id, client_id, created_at, last_used_at, expires_at, address, user_agent
     FROM session s
    WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > now() AND ($2::uuid IS NULL OR id < $2)
      AND EXISTS (SELECT FROM refresh_token t
                   WHERE t.session_id = s.id AND t.used_at IS NULL AND t.expires_at > now())
    ORDER BY id DESC
    LIMIT $3`,
);

/** The ownership is in the query (S38). $1 session, $2 account. */
export const OWN_SESSION = statement(
  'session.own',
  `SELECT id FROM session WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL AND expires_at > now() FOR UPDATE`,
);
