import type { Querier, Statement } from './statement.js';

/** The most batches of one call: a clean-up that has fallen far behind goes on at the next. */
const MAX_BATCHES = 100;

/**
 * Runs a DELETE ... RETURNING that takes at most `batchRows` rows, again and again until it finds fewer, and gives the
 * number of rows. An unbounded DELETE would lock a table's worth of rows and hold back vacuum for as long as it takes.
 * The statement selects its rows FOR UPDATE SKIP LOCKED, so that replicas share the work; the last of its values is the limit.
 */
export async function deleteInBatches(
  querier: Querier,
  statement: Statement,
  values: readonly unknown[],
  batchRows = 1_000,
): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const rows = await querier.query(statement, [...values, batchRows]);
    deleted += rows.length;
    if (rows.length < batchRows) break;
  }
  return deleted;
}
