/** The table of {@link PostgresCheckpoints}, unless it is given another name. */
export const CHECKPOINT_TABLE = 'stream_checkpoint';

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** The name, if it needs no quotes. Throws a RangeError. */
export function tableName(name: string): string {
  if (!NAME.test(name)) throw new RangeError(`"${name}" is no table name of lower-case letters, digits and _`);
  return name;
}

/** What a migration runs to make the table of checkpoints. Throws a RangeError for a name that needs quotes. */
export function checkpointTable(name = CHECKPOINT_TABLE): string {
  const table = tableName(name);
  return `CREATE TABLE ${table} (
     application text        NOT NULL,
     stream      text        NOT NULL,
     shard_id    text        NOT NULL,
     checkpoint  text        NOT NULL,
     begun_at    text,
     fence       bigint      NOT NULL,
     updated_at  timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT ${table}_pkey PRIMARY KEY (application, stream, shard_id)
   )`;
}

/** What undoes it. */
export function dropCheckpointTable(name = CHECKPOINT_TABLE): string {
  return `DROP TABLE ${tableName(name)}`;
}
