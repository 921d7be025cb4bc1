import { statement } from '@lethe/database';

/** A schedule as it is kept. */
export interface ScheduleRow {
  readonly name: string;
  /** As `formatRecurrence` writes it. */
  readonly expression: string;
  readonly time_zone: string;
  readonly type: string;
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly next_at: Date;
  /** By the database. */
  readonly now: Date;
}

/** The one clock that decides what is due (R36). */
export const NOW = statement('schedule.now', 'SELECT now() AS now');

/** `$1` name to `$7` next tick. Of one that stays as it was nothing is written; one that only says other data keeps its ticks. */
export const PUT = statement(
  'schedule.put',
  `INSERT INTO schedule AS kept (name, expression, time_zone, type, key, data, next_at)
   VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)
   ON CONFLICT (name) DO UPDATE SET expression = EXCLUDED.expression, time_zone = EXCLUDED.time_zone,
     type = EXCLUDED.type, key = EXCLUDED.key, data = EXCLUDED.data,
     next_at = CASE WHEN (kept.expression, kept.time_zone) = (EXCLUDED.expression, EXCLUDED.time_zone)
       THEN kept.next_at ELSE EXCLUDED.next_at END
   WHERE (kept.expression, kept.time_zone, kept.type, kept.key, kept.data)
     IS DISTINCT FROM (EXCLUDED.expression, EXCLUDED.time_zone, EXCLUDED.type, EXCLUDED.key, EXCLUDED.data)`,
);

export const REMOVE = statement('schedule.remove', 'DELETE FROM schedule WHERE name = $1');
export const LIST = statement('schedule.list', 'SELECT name FROM schedule ORDER BY name');

/**
 * `$1` types that this version of the code knows: others are left to replicas that do (R38). `$2` names that it could
 * not send. Whoever holds a row has its tick; the others pass it by, and once it is let go its next tick is not due.
 */
export const CLAIM_DUE = statement(
  'schedule.claim-due',
  `SELECT name, expression, time_zone, type, key, data, next_at, now() AS now FROM schedule
   WHERE next_at <= now() AND type = ANY ($1::text[]) AND name <> ALL ($2::text[])
   ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
);

/** `$1` name, `$2` the next tick, or NULL for one that has none: it is gone; `$3` the tick that was sent. */
export const TICKED = statement(
  'schedule.ticked',
  `UPDATE schedule SET next_at = coalesce($2, 'infinity'::timestamptz), last_at = $3 WHERE name = $1`,
);

/** Milliseconds to the next tick of all, by the database's clock; NULL where there is none. */
export const IDLE = statement(
  'schedule.idle',
  `SELECT (extract(epoch FROM min(next_at) - clock_timestamp()) * 1000)::float8 AS ms
   FROM schedule WHERE next_at < 'infinity' AND type = ANY ($1::text[])`,
);
