import { statement } from '@lethe/database';

/** A row of the table `second_factor`. */
export interface SecondFactorRow {
  readonly sealed_secret: Buffer;
  readonly confirmed: boolean;
}

/** $1 account. */
export const SECOND_FACTOR = statement(
  'second-factor.find',
  'SELECT sealed_secret, confirmed_at IS NOT NULL AS confirmed FROM second_factor WHERE account_id = $1',
);

/** In place of one that was never confirmed; gives nothing where there is one that was. $1 account, $2 secret. */
export const ENROL_SECOND_FACTOR = statement(
  'second-factor.enrol',
  `INSERT INTO second_factor AS f (account_id, sealed_secret) VALUES ($1, $2)
   ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, last_step = 0, created_at = now()
    WHERE f.confirmed_at IS NULL
   RETURNING account_id`,
);

/** A time step is taken once: of two uses of a code, and of any older one, none succeeds. $1 account, $2 step. */
export const TAKE_STEP = statement(
  'second-factor.take-step',
  `UPDATE second_factor SET last_step = $2
    WHERE account_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL RETURNING account_id`,
);

/** $1 account, $2 step of the code that confirms it, $3 the secret it was for. */
export const CONFIRM_SECOND_FACTOR = statement(
  'second-factor.confirm',
  `UPDATE second_factor SET confirmed_at = now(), last_step = $2
    WHERE account_id = $1 AND confirmed_at IS NULL AND sealed_secret = $3 RETURNING account_id`,
);

/** Recovery codes go with it. $1 account. */
export const DELETE_SECOND_FACTOR = statement(
  'second-factor.delete',
  'DELETE FROM second_factor WHERE account_id = $1 RETURNING account_id',
);

/** $1 account, $2 hashes. */
export const INSERT_RECOVERY_CODES = statement(
  'recovery-code.insert',
  'INSERT INTO recovery_code (account_id, hash) SELECT $1, unnest($2::bytea[])',
);

/** $1 account, $2 hash. */
export const USE_RECOVERY_CODE = statement(
  'recovery-code.use',
  'DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2 RETURNING account_id',
);
