import { statement } from '@lethe/database';

/** One rotation at a time, whoever wants it; held until the transaction ends, or its connection. */
const ROTATION_LOCK = `hashtext('lethe.auth.key-rotation')`;

/** Whether the lock was free, in which case it is held now. */
export const TRY_ROTATION_LOCK = statement(
  'key-rotation.try-lock',
  `SELECT pg_try_advisory_xact_lock(${ROTATION_LOCK}) AS held`,
);
/** Waits for the lock. */
export const TAKE_ROTATION_LOCK = statement(
  'key-rotation.lock',
  `SELECT pg_advisory_xact_lock(${ROTATION_LOCK}) IS NULL AS held`,
);

/** How far the keys are, by the database's clock: replicas whose clocks differ agree (R36). */
export interface RotationState {
  readonly active_kid: string | null;
  /** How long the active key has signed, in seconds. */
  readonly active_for: number | null;
  readonly next_kid: string | null;
  /** How long the next key has been published, in seconds. */
  readonly next_for: number | null;
}

export const ROTATION_STATE = statement(
  'key-rotation.state',
  `SELECT a.kid AS active_kid,
          extract(epoch FROM clock_timestamp() - coalesce(a.activated_at, a.created_at))::float8 AS active_for,
          n.kid AS next_kid,
          extract(epoch FROM clock_timestamp() - n.created_at)::float8 AS next_for
     FROM (SELECT) one
     LEFT JOIN signing_key a ON a.active
     LEFT JOIN LATERAL (SELECT kid, created_at FROM signing_key WHERE NOT active AND activated_at IS NULL
                         ORDER BY created_at LIMIT 1) n ON true`,
);

/** $1 kid, $2 public JWK, $3 sealed private key. */
export const INSERT_NEXT_KEY = statement(
  'key-rotation.insert-next',
  'INSERT INTO signing_key (kid, public_jwk, sealed_private_key, active) VALUES ($1, $2, $3, false)',
);

/** The active key signs no more; it is published until its last token has died. */
export const RETIRE_ACTIVE_KEY = statement(
  'key-rotation.retire',
  'UPDATE signing_key SET active = false, retired_at = clock_timestamp() WHERE active',
);

/** $1 kid. */
export const ACTIVATE_KEY = statement(
  'key-rotation.activate',
  'UPDATE signing_key SET active = true, activated_at = clock_timestamp() WHERE kid = $1',
);

/** $1 published for so long after they ceased to sign (s). */
export const REMOVE_RETIRED_KEYS = statement(
  'key-rotation.remove',
  `DELETE FROM signing_key
    WHERE NOT active AND retired_at < clock_timestamp() - make_interval(secs => $1)
   RETURNING kid`,
);

/** Every key but the active one, at once. */
export const REMOVE_OTHER_KEYS = statement(
  'key-rotation.remove-others',
  'DELETE FROM signing_key WHERE NOT active RETURNING kid',
);
