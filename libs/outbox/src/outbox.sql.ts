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

/**
 * Columns of a `ScheduledRow`, in its order, for statements that write the aggregate and a message of later at once, into
 * the table `outbox_scheduled`. A table of its own, since a row of `outbox` that waits would hold up its whole key, and
 * since replicas of a version that knows of no schedule must not send it (R38).
 */
export const SCHEDULED_COLUMNS = 'id, key, type, body, traceparent, deliver_at';

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

export const SCHEDULE = statement(
  'outbox.schedule',
  `INSERT INTO outbox_scheduled (${SCHEDULED_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`,
);

/** `$1`-`$5` rows of now, `$6`-`$11` rows of later, `$12` ids of rows of later that are no longer wanted. */
export const WRITE = statement(
  'outbox.write',
  `WITH unwanted AS (DELETE FROM outbox_scheduled WHERE id = ANY ($12::uuid[])),
   later AS (
     INSERT INTO outbox_scheduled (${SCHEDULED_COLUMNS})
     SELECT * FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[]))
   INSERT INTO outbox (${OUTBOX_COLUMNS})
   SELECT r.id, r.key, r.type, r.body, r.traceparent
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
     WITH ORDINALITY AS r (id, key, type, body, traceparent, line)
   ORDER BY r.line`,
);

/** Waits where the row is being put in line, which takes a moment; {@link CANCEL_IN_LINE} then finds it there. */
export const CANCEL_SCHEDULED = statement(
  'outbox.cancel-scheduled',
  'DELETE FROM outbox_scheduled WHERE id = $1 RETURNING id',
);

/** A row that a relay holds is on its way: it is left, without waiting for the outcome. */
export const CANCEL_IN_LINE = statement(
  'outbox.cancel-in-line',
  `DELETE FROM outbox WHERE id = (SELECT id FROM outbox WHERE id = $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
);

/**
 * Puts at most `$1` messages whose time has come in line, and tells how long the next one has to wait. The cost is that
 * of the due ones, whatever the number that waits. They get their place in line, `seq`, now; their age counts from now on.
 */
export const ENQUEUE_DUE = statement(
  'outbox.enqueue-due',
  `WITH due AS (
     SELECT id FROM outbox_scheduled WHERE deliver_at <= now() ORDER BY deliver_at LIMIT $1 FOR UPDATE SKIP LOCKED),
   gone AS (
     DELETE FROM outbox_scheduled WHERE id IN (SELECT id FROM due) RETURNING ${SCHEDULED_COLUMNS}),
   enqueued AS (
     INSERT INTO outbox (${OUTBOX_COLUMNS}, created_at)
     SELECT id, key, type, body, traceparent, deliver_at FROM gone ORDER BY deliver_at, id
     RETURNING id)
   SELECT (SELECT count(*) FROM enqueued) AS enqueued,
     (SELECT extract(epoch FROM deliver_at - clock_timestamp()) * 1000
      FROM outbox_scheduled WHERE deliver_at > now() ORDER BY deliver_at LIMIT 1)::float8 AS "nextMs"`,
);

/**
 * For the rest of the transaction, plans that walk indexes. A table that is empty most of the time has statistics of an
 * empty table, and a plan made for it, which a prepared statement keeps, would sort the whole backlog of a bad day.
 */
export const WALK_INDEXES = statement(
  'outbox.walk-indexes',
  `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
     set_config('enable_sort', 'off', true)`,
);

/**
 * The first unsent row of each key after key $3, if it is due and nobody else is at it; at most $2 rows. Each step of
 * the recursion is one probe of outbox_head that jumps over the rest of the key, so that the cost grows with the rows
 * claimed and not with the backlog, be it of one key.
 *
 * Why no two rows of a key are in flight, and none is overtaken:
 * - Only the first unparked row of a key in the statement's snapshot is claimed. A row that another relay has claimed
 *   is still that first row, locked or not, until the relay commits its DELETE: the walk takes no notice of locks.
 * - If the other relay commits between our snapshot and our lock, we lock nothing: FOR UPDATE looks at the row as it is
 *   now. It was deleted, or put off or parked, in which case the conditions are checked again and fail.
 * - There is no cursor over time: a row whose transaction commits late is found late, never skipped.
 * Types that this version of the code does not know are left to replicas that do (R38).
 */
export const CLAIM = statement(
  'outbox.claim',
  `WITH RECURSIVE head AS (
     (SELECT key, seq FROM outbox WHERE parked_at IS NULL AND key > $3 ORDER BY key, seq LIMIT 1)
     UNION ALL
     SELECT next.key, next.seq FROM head CROSS JOIN LATERAL (
       SELECT key, seq FROM outbox WHERE parked_at IS NULL AND key > head.key ORDER BY key, seq LIMIT 1) next
   )
   SELECT claimed.* FROM head CROSS JOIN LATERAL (
     SELECT o.id, o.key, o.type, o.body, o.traceparent, o.attempts FROM outbox o
     WHERE o.key = head.key AND o.seq = head.seq AND o.parked_at IS NULL
       AND o.next_attempt_at <= now() AND o.type = ANY ($1::text[])
     FOR UPDATE SKIP LOCKED) claimed
   LIMIT $2`,
);

/** `$1` ids. Gives whether there is more of the same keys: what a claim, which takes the first of each, has left. */
export const DELETE_SENT = statement(
  'outbox.delete-sent',
  `WITH sent AS (DELETE FROM outbox WHERE id = ANY ($1::uuid[]) RETURNING key)
   SELECT EXISTS (SELECT FROM sent JOIN outbox o ON o.key = sent.key
                  WHERE o.parked_at IS NULL AND o.id <> ALL ($1::uuid[])) AS more`,
);

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

/**
 * The ids are UUIDv7 of the time at which the row was to leave: the least is the oldest. Messages whose time has come and
 * that nobody put in line count as well. Counts stop at 100,001: beyond that the number says nothing more, and the scrape
 * of a metric must stay cheap.
 */
export const LAG = statement(
  'outbox.lag',
  `SELECT
     greatest(
       (SELECT extract(epoch FROM clock_timestamp() - created_at) * 1000
        FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT 1),
       (SELECT extract(epoch FROM clock_timestamp() - deliver_at) * 1000
        FROM outbox_scheduled ORDER BY deliver_at LIMIT 1),
       0)::float8 AS "ageMs",
     (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NULL LIMIT 100001) u) AS unsent,
     (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NOT NULL LIMIT 100001) p) AS parked,
     (SELECT count(*) FROM (SELECT FROM outbox_scheduled LIMIT 100001) s) AS scheduled`,
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

/** `$1` ids, in ascending order: of two deliveries of the same messages one waits, and neither for the other in turn. */
export const RECEIVE_ALL = statement(
  'inbox.receive-all',
  `INSERT INTO inbox (message_id) SELECT id FROM unnest($1::uuid[]) AS given (id)
   ON CONFLICT DO NOTHING RETURNING message_id AS id`,
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
