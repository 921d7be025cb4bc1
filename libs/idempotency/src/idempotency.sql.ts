import { statement } from '@lethe/database';

/**
 * Two common table expressions that claim a key, for a statement that does all of a request's work at once.
 * Parameters $1 to $7 are `ClaimValues`. What follows selects from `idempotency_claim`, which has one row if the key is
 * claimed and none if not, so that nothing is written without it. The statement ends by selecting `CLAIM_RESULT`:
 *
 *     WITH ${CLAIM_CTES},
 *     placed AS (INSERT INTO orders (id, customer_id) SELECT $8::uuid, $9 FROM idempotency_claim RETURNING id)
 *     SELECT ${CLAIM_RESULT}
 *
 * Why it is safe:
 * - The row of the key and the effect are one statement, thus one transaction: both or neither (I8, I9, I10).
 * - Exactly once rests on the primary key alone. INSERT ... ON CONFLICT looks at the index as it is, not at the
 *   statement's snapshot: a row committed after the snapshot, before the lock, is met and nothing is claimed.
 * - The advisory lock only turns waiting into an answer: whoever does not get it claims nothing and is told 409 (I6).
 *   It is released after the commit is visible, and with the connection where the process dies (I9).
 * - Nothing is read from idempotency_key here: a read in this statement could miss that very commit. Whoever claims
 *   nothing reads in a later statement, with a later snapshot.
 * - A row past its retention is taken over in place (I11).
 */
export const CLAIM_CTES = `idempotency_lock AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1::bigint) AS held),
  idempotency_claim AS (
    INSERT INTO idempotency_key AS k (scope_hash, fingerprint, status, headers, body, expires_at)
    SELECT $2::bytea, $3::text, $4::int, $5::jsonb, $6::text, now() + $7::int * interval '1 second'
    FROM idempotency_lock WHERE held
    ON CONFLICT (scope_hash) DO UPDATE
      SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
          body = excluded.body, created_at = now(), expires_at = excluded.expires_at
      WHERE k.expires_at <= now()
    RETURNING k.scope_hash)`;

/** What a statement with `CLAIM_CTES` selects for `runStatement`: columns `held` and `claimed`. */
export const CLAIM_RESULT = `(SELECT held FROM idempotency_lock) AS held,
  EXISTS (SELECT FROM idempotency_claim) AS claimed`;

export const STORE = statement('idempotency.store', `WITH ${CLAIM_CTES} SELECT ${CLAIM_RESULT}`);

export const LOCK = statement('idempotency.lock', 'SELECT pg_try_advisory_xact_lock($1::bigint) AS held');

export const READ = statement(
  'idempotency.read',
  'SELECT fingerprint, status, headers, body FROM idempotency_key WHERE scope_hash = $1 AND expires_at > now()',
);

/** $1 scope hashes */
export const READ_EACH = statement(
  'idempotency.read-each',
  `SELECT encode(scope_hash, 'hex') AS scope, fingerprint, status, headers, body FROM idempotency_key
   WHERE scope_hash = ANY ($1::bytea[]) AND expires_at > now()`,
);

export const SWEEP = statement(
  'idempotency.sweep',
  `DELETE FROM idempotency_key WHERE scope_hash IN (
     SELECT scope_hash FROM idempotency_key WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
     FOR UPDATE SKIP LOCKED)
   RETURNING 1 AS swept`,
);
