import { statement } from '@lethe/database';

/**
 * The code of the account for the purpose, in place of any before. Gives nothing where this very message's code was sent
 * already. $1 account, $2 purpose, $3 hash, $4 message, $5 lasts (s).
 */
export const STORE_CODE = statement(
  'account-code.store',
  `INSERT INTO account_code AS c (account_id, purpose, hash, message_id, expires_at)
   VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
   ON CONFLICT (account_id, purpose) DO UPDATE
      SET hash = excluded.hash, message_id = excluded.message_id, expires_at = excluded.expires_at,
          tries = 0, sent_at = NULL
    WHERE c.message_id <> excluded.message_id OR c.sent_at IS NULL
   RETURNING account_id`,
);

/** $1 account, $2 purpose, $3 message. */
export const MARK_CODE_SENT = statement(
  'account-code.mark-sent',
  'UPDATE account_code SET sent_at = now() WHERE account_id = $1 AND purpose = $2 AND message_id = $3',
);

/** Counts a try, before it is known whether it is right. $1 account, $2 purpose, $3 most tries. */
export const TRY_CODE = statement(
  'account-code.try',
  `UPDATE account_code SET tries = tries + 1
    WHERE account_id = $1 AND purpose = $2 AND tries < $3 AND expires_at > now()
   RETURNING hash`,
);

/** Of two who use a code at once, one gets a row. $1 account, $2 purpose, $3 hash. */
export const USE_CODE = statement(
  'account-code.use',
  'DELETE FROM account_code WHERE account_id = $1 AND purpose = $2 AND hash = $3 RETURNING account_id',
);
