interface Statement {
  readonly name: string;
  readonly text: string;
}
export type CheckpointStatements = Readonly<Record<'open' | 'advance' | 'look' | 'followed' | 'close', Statement>>;

const SHARD = 'application = $1 AND stream = $2 AND shard_id = $3';

/** Prepared statements; their names are those of the table, cut to the 63 bytes that Postgres keeps. */
export function checkpointStatements(table: string): CheckpointStatements {
  const statement = (name: string, text: string): Statement => ({ name: `${name}.${table}`.slice(0, 63), text });
  return {
    // Waits for a transaction of the owner of before; afterwards that can commit none any more.
    open: statement(
      'stream.open',
      `INSERT INTO ${table} AS known (application, stream, shard_id, checkpoint, begun_at, fence)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (application, stream, shard_id) DO UPDATE SET
         fence = EXCLUDED.fence,
         begun_at = EXCLUDED.begun_at,
         checkpoint = CASE WHEN EXCLUDED.begun_at <> coalesce(known.begun_at, '') THEN EXCLUDED.checkpoint
                           ELSE known.checkpoint END
       WHERE known.fence <= EXCLUDED.fence
       RETURNING checkpoint`,
    ),
    advance: statement(
      'stream.advance',
      `UPDATE ${table} SET checkpoint = $4, updated_at = now()
       WHERE ${SHARD} AND fence = $5 AND checkpoint = $6
       RETURNING checkpoint`,
    ),
    look: statement('stream.look', `SELECT checkpoint, fence FROM ${table} WHERE ${SHARD}`),
    followed: statement('stream.followed', `UPDATE ${table} SET begun_at = NULL WHERE ${SHARD} AND fence = $4`),
    close: statement('stream.close', `DELETE FROM ${table} WHERE ${SHARD} AND fence = $4`),
  };
}
