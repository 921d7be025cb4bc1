import { statement } from '@lethe/database';

/** How long after the newest event of its source an event may come before it counts as late, in seconds. */
export const ALLOWED_LATENESS_SECONDS = 3_600;

/**
 * $1 source, $2 when the new events happened, $3 how many others came again. One row per source and slot, so that replicas
 * do not wait for each other. Late is what lies before the watermark as it was; a clock ahead of the database's does not
 * move it, nor do events that came again.
 */
export const NOTE_EVENTS = statement(
  'analytics.note-events',
  `WITH known AS (SELECT max(newest_at) AS newest_at FROM event_source WHERE source = $1)
   INSERT INTO event_source AS s (source, slot, newest_at, events, late, duplicates)
   SELECT $1, pg_backend_pid() % 16, CASE WHEN count(e.at) = 0 THEN '-infinity' ELSE least(max(e.at), now()) END, count(e.at),
     count(*) FILTER (WHERE e.at < known.newest_at - ${ALLOWED_LATENESS_SECONDS} * interval '1 second'), $3
   FROM known LEFT JOIN unnest($2::timestamptz[]) AS e (at) ON true
   GROUP BY known.newest_at
   ON CONFLICT (source, slot) DO UPDATE SET newest_at = greatest(s.newest_at, excluded.newest_at),
     events = s.events + excluded.events, late = s.late + excluded.late, duplicates = s.duplicates + excluded.duplicates`,
);

/** What came of each source, and the time before which nothing is awaited any more. */
export const FIND_SOURCES = statement(
  'analytics.find-sources',
  `SELECT source, sum(events)::bigint AS events, sum(late)::bigint AS late, sum(duplicates)::bigint AS duplicates,
     nullif(max(newest_at), '-infinity') - ${ALLOWED_LATENESS_SECONDS} * interval '1 second' AS watermark
   FROM event_source GROUP BY source ORDER BY source`,
);
export interface SourceRow {
  readonly source: 'orders' | 'clicks';
  readonly events: number;
  readonly late: number;
  readonly duplicates: number;
  readonly watermark: Date | null;
}

/** Makes the partitions of the months to come; the step before a deployment runs it. */
export const MAKE_PARTITIONS = statement('analytics.make-partitions', 'SELECT make_window_partitions()');
