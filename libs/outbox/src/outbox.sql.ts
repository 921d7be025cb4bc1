import { statement } from '@lethe/database';

/**
 * Columns of an `OutboxRow`, in its order, for statements that write the aggregate and its messages at once:
 *
 *     WITH placed AS (INSERT INTO orders ... RETURNING id)
 *     INSERT INTO outbox (id, key, type, body, traceparent) SELECT $5::uuid, $6, $7, $8, $9 FROM placed
 *
 * Select from the row of the aggregate, as here: the message then gets its place in line (`seq`) after the lock on the
 * aggregate is held, so that the lines of one key stand in the order of their commits.
 */
export const OUTBOX_COLUMNS = 'id, key, type, body, traceparent';

export const ADD = statement('outbox.add', `INSERT INTO outbox (${OUTBOX_COLUMNS}) VALUES ($1, $2, $3, $4, $5)`);

/** Several rows in one round trip; they keep their order. */
export const ADD_ALL = statement(
  'outbox.add-all',
  `INSERT INTO outbox (${OUTBOX_COLUMNS})
   SELECT r.id, r.key, r.type, r.body, r.traceparent
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
     WITH ORDINALITY AS r (id, key, type, body, traceparent, line)
   ORDER BY r.line`,
);

/**
 * The first unsent row of each key, if it is due and nobody else is at it.
 *
 * Why no two rows of a key are ever in flight, and none is overtaken:
 * - A row is claimed only while no earlier, unparked row of its key exists in the snapshot. An earlier row that another
 *   relay has claimed is still there, locked or not, until that relay commits its DELETE: `min` reads past locks.
 * - If the other relay commits between our snapshot and our lock, our snapshot still shows the earlier row: we claim
 *   nothing of the key this time. If the row itself was deleted or put off meanwhile, FOR UPDATE re-reads it, and it
 *   no longer qualifies.
 * - There is no cursor: a row whose transaction commits late is found late, never skipped.
 * `min` in a scalar subquery is one probe of outbox_head whatever the statistics of a table that empties all the time;
 * as NOT EXISTS the planner may turn it into a hash join over the backlog.
 * Types that this version of the code does not know are left to replicas that do (R38).
 */
export const CLAIM = statement(
  'outbox.claim',
  `SELECT o.id, o.key, o.type, o.body, o.traceparent, o.attempts
   FROM outbox o
   WHERE o.parked_at IS NULL
     AND o.next_attempt_at <= now()
     AND o.type = ANY ($1::text[])
     AND o.seq = (SELECT min(e.seq) FROM outbox e WHERE e.key = o.key AND e.parked_at IS NULL)
   ORDER BY o.seq
   LIMIT $2
   FOR UPDATE OF o SKIP LOCKED`,
);

export const DELETE_SENT = statement('outbox.delete-sent', 'DELETE FROM outbox WHERE id = ANY ($1::uuid[])');

export const MARK_FAILED = statement(
  'outbox.mark-failed',
  `UPDATE outbox o
   SET attempts = f.attempts,
       next_attempt_at = now() + f.delay_ms * interval '1 millisecond',
       parked_at = CASE WHEN f.park THEN now() END,
       last_error = f.error
   FROM unnest($1::uuid[], $2::int[], $3::int[], $4::boolean[], $5::text[]) AS f (id, attempts, delay_ms, park, error)
   WHERE o.id = f.id`,
);

/** Counts stop at 100,001: beyond that the number says nothing more, and the scrape of a metric must stay cheap. */
export const LAG = statement(
  'outbox.lag',
  `SELECT
     coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) * 1000
               FROM outbox WHERE parked_at IS NULL ORDER BY seq LIMIT 1), 0)::float8 AS "ageMs",
     (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NULL LIMIT 100001) u) AS unsent,
     (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NOT NULL LIMIT 100001) p) AS parked`,
);

export const UNPARK = statement(
  'outbox.unpark',
  `UPDATE outbox SET parked_at = NULL, attempts = 0, next_attempt_at = now()
   WHERE id IN (SELECT id FROM outbox WHERE parked_at IS NOT NULL AND ($1::uuid[] IS NULL OR id = ANY ($1::uuid[]))
                LIMIT 1000 FOR UPDATE SKIP LOCKED)
   RETURNING id`,
);

/** Waits where another transaction has the same id in hand; no row in answer means that it was received before. */
export const RECEIVE = statement(
  'inbox.receive',
  'INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING message_id',
);

export const SWEEP_INBOX = statement(
  'inbox.sweep',
  `DELETE FROM inbox WHERE message_id IN (
     SELECT message_id FROM inbox WHERE received_at < now() - $1 * interval '1 second'
     ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
   RETURNING message_id`,
);

export const CHANNEL = 'lethe_outbox';
/** Never inside a business transaction: NOTIFY takes a lock on the whole cluster that is held through COMMIT. */
export const NOTIFY = statement('outbox.notify', `SELECT pg_notify('${CHANNEL}', $1)`);
