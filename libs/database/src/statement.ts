import type { EntityManager } from 'typeorm';

/**
 * A named prepared statement: Postgres parses and plans it once per connection, then each run is one round trip.
 * A name stands for one text; names are at most 63 bytes, the length of a Postgres identifier.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const MAX_NAME_BYTES = 63;

/** Declares a {@link Statement}. Throws a RangeError for a name that is empty or longer than 63 bytes. */
export function statement(name: string, text: string): Statement {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > MAX_NAME_BYTES) throw new RangeError(`statement name "${name}" is not 1 to 63 bytes long`);
  return { name, text };
}

/** Whatever runs statements: a {@link Database} (each on its own) or a {@link Tx} (all or none). */
export interface Querier {
  /**
   * Runs the statement and gives its rows. int8 arrives as a number (a value beyond 2^53-1 rejects), timestamptz as
   * Date, date as `YYYY-MM-DD`, numeric as text.
   * Throws a `DatabaseError` (refused, with its SQLSTATE) or a `DatabaseUnavailableError`.
   */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction in progress. Of no use once its work has ended: then it refuses, since the connection is another's. */
export interface Tx extends Querier {
  /** TypeORM on the same connection, inside the same transaction. Made at first use. */
  readonly manager: EntityManager;
  /**
   * Calls the listener once COMMIT is acknowledged; never after a rollback, nor where the outcome is unknown.
   * For hints such as waking a relay: what must not be lost belongs into the transaction. A promise that it gives is
   * waited for by whoever opened the transaction, without holding the connection.
   */
  afterCommit(listener: () => unknown): void;
}
