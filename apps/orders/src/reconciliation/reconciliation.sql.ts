import { statement } from '@lethe/database';

/** `$1` id, `$2` from, `$3` to. */
export const ASK = statement(
  'reconciliation.ask',
  'INSERT INTO reconciliation (id, from_at, to_at) VALUES ($1, $2, $3)',
);

/**
 * `$1` id, `$2` tick of the schedule. From where the schedule's runs have got to, so that no moment is left out however
 * many ticks were missed; 31 days at most, a day where it is the first. No row where the tick has its run already (R29).
 */
export const ASK_AT_TICK = statement(
  'reconciliation.ask-at-tick',
  `INSERT INTO reconciliation (id, from_at, to_at, scheduled_at)
   SELECT $1, CASE WHEN count(*) = 0 THEN $2::timestamptz - interval '1 day'
     ELSE greatest(max(coalesce(until_at, from_at)), $2::timestamptz - interval '31 days') END, $2, $2
   FROM reconciliation WHERE scheduled_at < $2
   ON CONFLICT (scheduled_at) DO NOTHING RETURNING id`,
);

export interface BegunRow {
  readonly attempt: number;
  readonly from_at: Date;
  /** Where it ends: before what may still be in flight. */
  readonly until_at: Date;
  /** When it was begun, by the database. */
  readonly now: Date;
}

/** `$1` id, `$2` grace in seconds. No row where it is done. */
export const BEGIN = statement(
  'reconciliation.begin',
  `UPDATE reconciliation SET attempt = attempt + 1 WHERE id = $1 AND status = 'running'
   RETURNING attempt, from_at, greatest(from_at, least(to_at, now() - $2 * interval '1 second')) AS until_at, now() AS now`,
);

/** `$1` id, `$2` until. The lock that lets one of several attempts write; no row where one has. */
export const FINISH = statement(
  'reconciliation.finish',
  `UPDATE reconciliation SET status = 'done', until_at = $2, finished_at = clock_timestamp()
   WHERE id = $1 AND status = 'running' RETURNING id`,
);

/** `$1` id, `$2` attempt. How many of the provider's payments and refunds there are to compare. */
export const COUNT_STAGED = statement(
  'reconciliation.count-staged',
  `SELECT (SELECT count(*) FROM reconciliation_payment WHERE run_id = $1 AND attempt = $2)
     + (SELECT count(*) FROM reconciliation_refund WHERE run_id = $1 AND attempt = $2) AS staged`,
);

/** `$1` id, `$2` attempt. Counts what was compared and found, and forgets what the provider said. */
export const COUNT = statement(
  'reconciliation.count',
  `WITH payments AS (DELETE FROM reconciliation_payment WHERE run_id = $1 RETURNING attempt),
     refunds AS (DELETE FROM reconciliation_refund WHERE run_id = $1 RETURNING attempt)
   UPDATE reconciliation SET
     payments = (SELECT count(*) FROM payments WHERE attempt = $2),
     refunds = (SELECT count(*) FROM refunds WHERE attempt = $2),
     differences = (SELECT count(*) FROM reconciliation_difference WHERE run_id = $1)
   WHERE id = $1 RETURNING differences`,
);

export interface ReconciliationRow {
  readonly id: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly until_at: Date | null;
  readonly status: 'running' | 'done';
  readonly requested_at: Date;
  readonly finished_at: Date | null;
  readonly scheduled_at: Date | null;
  readonly payments: number;
  readonly refunds: number;
  readonly differences: number;
}

/** `$1` id. */
export const READ = statement(
  'reconciliation.read',
  `SELECT id, from_at, to_at, until_at, status, requested_at, finished_at, scheduled_at, payments, refunds, differences
   FROM reconciliation WHERE id = $1`,
);

export interface DifferenceRow {
  readonly kind: 'missing' | 'extra' | 'amount' | 'currency' | 'status';
  readonly subject: 'order' | 'payment' | 'refund';
  readonly order_id: string | null;
  readonly payment_id: string | null;
  readonly refund_id: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** `$1` run, `$2` after this position, `$3` how many. */
export const READ_DIFFERENCES = statement(
  'reconciliation.read-differences',
  `SELECT kind, subject, order_id, payment_id, refund_id, ours, theirs FROM reconciliation_difference
   WHERE run_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
);
