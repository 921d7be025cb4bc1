import { statement } from '@lethe/database';

/**
 * Gives the ids that were not known, or null where none was known, as is the rule. Sorted by id: two batches that share ids
 * lock them in the same order.
 */
export const RECORD_CLICKS = statement(
  'analytics.record-clicks',
  `WITH fresh AS (
     INSERT INTO click (id, type, at, session, product_id)
     SELECT c.id, c.type, c.at, c.session, c.product_id
     FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::uuid[]) AS c (id, type, at, session, product_id)
     ORDER BY c.id
     ON CONFLICT DO NOTHING
     RETURNING id)
   SELECT CASE WHEN count(*) < cardinality($1) THEN coalesce(array_agg(id), '{}') END AS ids FROM fresh`,
);
export interface RecordedClicks {
  readonly ids: readonly string[] | null;
}
