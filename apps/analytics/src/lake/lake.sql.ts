import { statement } from '@lethe/database';

/** $1 the events of one transaction, packed; $2 how many */
export const APPEND_BATCH = statement(
  'analytics.append-lake-batch',
  'INSERT INTO lake_batch (events, event_count) VALUES ($1, $2)',
);

/**
 * Gives what waits to a job of its own; nothing where nothing waits. $1 job, $2 events after which it is enough.
 * The job's bytes are settled here: by its batches, and by the erasures that are known now.
 */
export const ASSIGN_EXPORT = statement(
  'analytics.assign-lake-export',
  `WITH oldest AS (
     SELECT id, event_count FROM lake_batch WHERE job_id IS NULL ORDER BY id LIMIT 20000
   ), enough AS (
     SELECT id FROM (SELECT id, sum(event_count) OVER (ORDER BY id) - event_count AS before FROM oldest) AS summed
     WHERE before < $2
   ), waiting AS (
     SELECT b.id FROM lake_batch b JOIN enough USING (id) WHERE b.job_id IS NULL FOR UPDATE OF b SKIP LOCKED
   ), job AS (
     INSERT INTO lake_job (id, kind, erasures)
     SELECT $1, 'export', coalesce((SELECT max(id) FROM lake_erasure), 0) WHERE EXISTS (SELECT FROM waiting)
     RETURNING id
   )
   UPDATE lake_batch b SET job_id = job.id FROM job, waiting WHERE b.id = waiting.id RETURNING b.id`,
);

/** Gives the small files of the day that has the most of them to a job. $1 job, $2 small in bytes, $3 how many are many */
export const ASSIGN_COMPACTION = statement(
  'analytics.assign-lake-compaction',
  `WITH crowded AS (
     SELECT event_type, day FROM lake_file WHERE job_id IS NULL AND bytes < $2
     GROUP BY event_type, day HAVING count(*) >= $3 ORDER BY count(*) DESC, event_type, day LIMIT 1
   ), small AS (
     SELECT f.key FROM lake_file f JOIN crowded USING (event_type, day)
     WHERE f.job_id IS NULL AND f.bytes < $2 ORDER BY f.key LIMIT 500 FOR UPDATE OF f SKIP LOCKED
   ), job AS (
     INSERT INTO lake_job (id, kind, erasures)
     SELECT $1, 'rewrite', coalesce((SELECT max(id) FROM lake_erasure), 0) WHERE (SELECT count(*) FROM small) > 1
     RETURNING id
   )
   UPDATE lake_file f SET job_id = job.id FROM job, small WHERE f.key = small.key RETURNING f.key`,
);

/** Gives one file that knows an erased customer to a job. $1 job */
export const ASSIGN_ERASURE = statement(
  'analytics.assign-lake-erasure',
  `WITH found AS (
     SELECT f.key FROM lake_erasure e
     JOIN lake_file_customer c ON c.customer = e.customer
     JOIN lake_file f ON f.key = c.key
     WHERE e.done_at IS NULL AND f.erasures < e.id AND f.job_id IS NULL
     ORDER BY f.key LIMIT 1 FOR UPDATE OF f SKIP LOCKED
   ), job AS (
     INSERT INTO lake_job (id, kind, erasures)
     SELECT $1, 'rewrite', (SELECT max(id) FROM lake_erasure) WHERE EXISTS (SELECT FROM found)
     RETURNING id
   )
   UPDATE lake_file f SET job_id = job.id FROM job, found WHERE f.key = found.key RETURNING f.key`,
);

/**
 * Gives files that others have put there to a job, those that no earlier one was given. They count when they are rewritten.
 * $1 job, $2 keys, $3 types, $4 days, $5 bytes
 */
export const ASSIGN_ARRIVED = statement(
  'analytics.assign-lake-arrived',
  `WITH arrived AS (
     SELECT a.* FROM unnest($2::text[], $3::text[], $4::date[], $5::bigint[]) AS a (key, event_type, day, bytes)
     WHERE NOT EXISTS (SELECT FROM lake_file f WHERE f.key = a.key)
       AND NOT EXISTS (SELECT FROM lake_garbage g WHERE g.key = a.key)
   ), job AS (
     INSERT INTO lake_job (id, kind, erasures)
     SELECT $1, 'rewrite', coalesce((SELECT max(id) FROM lake_erasure), 0) WHERE EXISTS (SELECT FROM arrived)
     RETURNING id, erasures
   )
   INSERT INTO lake_file (key, event_type, day, events, bytes, erasures, job_id)
   SELECT a.key, a.event_type, a.day, 0, a.bytes, job.erasures, job.id FROM arrived a, job
   ON CONFLICT DO NOTHING RETURNING key`,
);

/** Which of them no job was given yet. $1 keys */
export const FIND_NEW = statement(
  'analytics.find-new-lake-files',
  `SELECT key FROM unnest($1::text[]) AS key
   WHERE NOT EXISTS (SELECT FROM lake_file f WHERE f.key = key.key)
     AND NOT EXISTS (SELECT FROM lake_garbage g WHERE g.key = key.key)`,
);

/** $1 milliseconds after which another may take it: who has it then may have died */
export const TAKE_JOB = statement(
  'analytics.take-lake-job',
  `UPDATE lake_job SET leased_until = clock_timestamp() + $1 * interval '1 millisecond'
   WHERE id = (
     SELECT id FROM lake_job WHERE leased_until <= clock_timestamp() ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
   )
   RETURNING id, kind, erasures`,
);

export const FIND_BATCHES = statement(
  'analytics.find-lake-batches',
  'SELECT events FROM lake_batch WHERE job_id = $1 ORDER BY id',
);

export const FIND_INPUTS = statement(
  'analytics.find-lake-inputs',
  'SELECT key, event_type, day FROM lake_file WHERE job_id = $1 ORDER BY key',
);

/** Which of the customers are erased, as far as the job knows. $1 erasures, $2 customers */
export const FIND_ERASED = statement(
  'analytics.find-erased',
  'SELECT customer FROM lake_erasure WHERE id <= $1 AND customer = ANY ($2::text[])',
);

/** No row where somebody else has ended it. $1 job */
export const LOCK_JOB = statement('analytics.lock-lake-job', 'SELECT id FROM lake_job WHERE id = $1 FOR UPDATE');

/** $1 keys, $2 types, $3 days, $4 events, $5 bytes, $6 erasures */
export const ADD_FILES = statement(
  'analytics.add-lake-files',
  `INSERT INTO lake_file (key, event_type, day, events, bytes, erasures)
   SELECT f.*, $6::bigint FROM unnest($1::text[], $2::text[], $3::date[], $4::integer[], $5::bigint[]) AS f`,
);

/** $1 customers, $2 keys */
export const ADD_CUSTOMERS = statement(
  'analytics.add-lake-customers',
  `INSERT INTO lake_file_customer (customer, key) SELECT * FROM unnest($1::text[], $2::text[])`,
);

/** The files that the job replaced count no more; their objects are left to late readers. $1 job, $2 milliseconds */
export const RETIRE_INPUTS = statement(
  'analytics.retire-lake-inputs',
  `WITH gone AS (DELETE FROM lake_file WHERE job_id = $1 RETURNING key, erasures)
   INSERT INTO lake_garbage (key, erasures, delete_after)
   SELECT key, erasures, now() + $2 * interval '1 millisecond' FROM gone`,
);

export const DELETE_BATCHES = statement('analytics.delete-lake-batches', 'DELETE FROM lake_batch WHERE job_id = $1');
export const DELETE_JOB = statement('analytics.delete-lake-job', 'DELETE FROM lake_job WHERE id = $1');
export const CHANGE_MANIFEST = statement(
  'analytics.change-lake-manifest',
  'UPDATE lake_manifest SET version = version + 1',
);

/** One publishes at a time, so that no older manifest is written over a newer one. */
export const LOCK_PUBLISHING = statement(
  'analytics.lock-lake-publishing',
  `SELECT pg_advisory_xact_lock(hashtext('lake-manifest'))`,
);
export const FIND_MANIFEST = statement(
  'analytics.find-lake-manifest',
  // A file that has not been rewritten has no events of ours yet.
  `SELECT m.version, f.key, f.bytes FROM lake_manifest m LEFT JOIN lake_file f ON f.events > 0
   WHERE m.published < m.version`,
);
export const MARK_PUBLISHED = statement('analytics.mark-lake-published', 'UPDATE lake_manifest SET published = $1');

/** Objects whose time is over, of files that no published manifest names. $1 how many */
export const FIND_GARBAGE = statement(
  'analytics.find-lake-garbage',
  `SELECT key FROM lake_garbage WHERE delete_after <= now()
   AND (SELECT published = version FROM lake_manifest) ORDER BY delete_after LIMIT $1`,
);
export const FORGET_GARBAGE = statement(
  'analytics.forget-lake-garbage',
  'DELETE FROM lake_garbage WHERE key = ANY ($1::text[])',
);

/** Erasures are numbered in the order in which they take effect: a job knows of all up to a number. */
export const LOCK_ERASURES = statement(
  'analytics.lock-erasures',
  `SELECT pg_advisory_xact_lock(hashtext('lake-erasure'))`,
);
export const ADD_ERASURE = statement(
  'analytics.add-erasure',
  'INSERT INTO lake_erasure (customer) VALUES ($1) ON CONFLICT DO NOTHING',
);

/**
 * Takes the pseudonyms of the erased out of the facts; for as long as a message that knows them may still come (14 days in
 * a queue, 14 in its dead-letter queue).
 */
export const FORGET_IN_FACTS = statement(
  'analytics.forget-in-facts',
  `UPDATE order_fact SET customer = NULL
   WHERE customer IN (SELECT customer FROM lake_erasure WHERE requested_at > now() - interval '30 days')`,
);

/** Nothing that could know the customer is left: no waiting batch, no job, no file, no object. */
export const END_ERASURES = statement(
  'analytics.end-erasures',
  `UPDATE lake_erasure e SET done_at = now() WHERE done_at IS NULL
   AND NOT EXISTS (SELECT FROM lake_batch b WHERE b.job_id IS NULL AND b.appended_at <= e.requested_at)
   AND NOT EXISTS (SELECT FROM lake_job j WHERE j.erasures < e.id)
   AND NOT EXISTS (
     SELECT FROM lake_file_customer c JOIN lake_file f ON f.key = c.key WHERE c.customer = e.customer AND f.erasures < e.id
   )
   AND NOT EXISTS (SELECT FROM lake_garbage g WHERE g.erasures < e.id)
   RETURNING e.id`,
);
