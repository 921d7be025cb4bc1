import { Logger } from '@nestjs/common';
import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { setTimeout as delay } from 'node:timers/promises';
import { fullJitter } from '@lethe/kernel';
import {
  CommitOutcomeUnknownError,
  DatabaseUnavailableError,
  TransactionRetriesExhaustedError,
} from './database.errors.js';
import { type DatabaseOptions, connectionSettings, dataSourceOptions, poolSettings } from './database.options.js';
import { isConflict, isConnectionLoss, isStalePlan, rootFault, sqlStateOf } from './failure.js';
import { Session } from './session.js';
import { Access } from './sign-in/access.js';
import { type Querier, type Statement, type Tx, statement } from './statement.js';
import { type Committed, runOnce } from './transaction.js';

export interface TransactionOptions {
  /** Default `READ COMMITTED`. */
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
  /** How often the work is run at most. Default 5; 1 never repeats it. */
  readonly attempts?: number;
}

/** Connections of this process, for metrics. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

const PING = statement('database.ping', 'SELECT 1');
const MIGRATIONS_TABLE = statement(
  'database.migrations-table',
  `SELECT to_regclass('migrations') IS NOT NULL AS known`,
);
const MIGRATIONS = statement('database.migrations', 'SELECT name FROM migrations');
const GOODBYE_MS = 2_000;
const BACKOFF = { base: 20, cap: 1_000 };

/**
 * Postgres for one service: named prepared statements and transactions on TypeORM's own pool.
 * `open()` it before use and `close()` it last; it never migrates (H33).
 */
export class Database implements Querier {
  readonly dataSource: DataSource;
  readonly #options: DatabaseOptions;
  readonly #access: Access;

  /** Throws a `DatabaseUrlError` where the URL does not suit the way of signing in. */
  constructor(options: DatabaseOptions) {
    const logger = new Logger('Database');
    const onIdleError = options.onIdleError ?? ((error) => logger.warn(`an idle connection died: ${error.message}`));
    this.#options = options;
    this.#access = new Access(options);
    this.dataSource = new DataSource(dataSourceOptions(options, this.#access, poolSettings(options), onIdleError));
  }

  /** Connects. Throws a {@link DatabaseUnavailableError} where the server is not reachable. */
  async open(): Promise<void> {
    if (this.dataSource.isInitialized) return;
    try {
      await this.dataSource.initialize();
    } catch (cause) {
      this.#access.renew(sqlStateOf(cause));
      if (cause instanceof Error && isConnectionLoss(cause)) {
        throw new DatabaseUnavailableError('connect', sqlStateOf(cause), cause);
      }
      throw cause;
    }
  }

  /** Waits for connections on loan, then closes all. A second call does nothing. */
  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** Runs one statement by itself, in one round trip. Throws as {@link Querier} says. */
  async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    const run = async (): Promise<Row[]> => {
      const session = await this.#session();
      try {
        return await session.query<Row>(statement, values);
      } finally {
        session.release();
      }
    };
    try {
      return await run();
    } catch (error) {
      if (isStalePlan(rootFault(error))) return run();
      throw error;
    }
  }

  /**
   * Runs the work between BEGIN and COMMIT on one connection. The whole work runs again, after full jitter, where
   * Postgres reports 40001 or 40P01 or the connection dies before COMMIT is sent (R33): it must have no effect outside
   * the transaction. Throws what the work throws, a {@link CommitOutcomeUnknownError} where COMMIT got no answer, a
   * {@link TransactionRetriesExhaustedError} after the last try.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const attempts = options.attempts ?? 5;
    const begin = `BEGIN ISOLATION LEVEL ${options.isolation ?? 'READ COMMITTED'}`;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(begin, work);
      if ('value' in outcome) {
        if (outcome.told !== undefined) await outcome.told;
        return outcome.value;
      }
      const { error, repeatable } = outcome;
      if (!repeatable || attempts === 1) throw error;
      if (attempt >= attempts) {
        throw new TransactionRetriesExhaustedError(attempts, sqlStateOf(rootFault(error)), error);
      }
      await delay(fullJitter(attempt, BACKOFF));
    }
  }

  /**
   * Opens a connection of its own, outside the pool, for the time of the work: for LISTEN. It has no time-outs on
   * statements. The work must listen to the client's `error` event; the connection is closed when the work ends.
   */
  async withConnection<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client(connectionSettings(this.#options, this.#access));
    const failed = new Promise<never>((_, reject) => {
      client.on('error', (cause) => reject(new DatabaseUnavailableError('lost', sqlStateOf(cause), cause)));
    });
    const working = async (): Promise<T> => {
      try {
        await client.connect();
      } catch (error) {
        this.#access.renew(sqlStateOf(error));
        throw error;
      }
      return work(client);
    };
    try {
      return await Promise.race([working(), failed]);
    } finally {
      // The goodbye is not answered by a network that has gone silent.
      await Promise.race([client.end(), delay(GOODBYE_MS, undefined, { ref: false })]);
    }
  }

  /** Resolves if the server answers. Throws a {@link DatabaseUnavailableError}. */
  async ping(): Promise<void> {
    await this.query(PING);
  }

  /** Names of migrations that the code expects and the database has not seen; readiness may demand none. */
  async pendingMigrations(): Promise<string[]> {
    const expected = this.dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const [table] = await this.query<{ known: boolean }>(MIGRATIONS_TABLE);
    if (table?.known !== true) return expected;
    const applied = new Set((await this.query<{ name: string }>(MIGRATIONS)).map(({ name }) => name));
    return expected.filter((name) => !applied.has(name));
  }

  get poolState(): PoolState {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting };
  }

  /** The pool that TypeORM's driver made; absent until `open()` and after `close()`. */
  get #pool(): Pool {
    const pool: Pool | undefined = (this.dataSource.driver as PostgresDriver).master;
    if (pool === undefined)
      throw new DatabaseUnavailableError('connect', undefined, new Error('the database is not open'));
    return pool;
  }

  /** A connection on loan; where the server did not take a token, it is shown another one, once. */
  async #session(): Promise<Session> {
    try {
      return await Session.acquire(this.#pool);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError && this.#access.renew(error.sqlState))) throw error;
      return Session.acquire(this.#pool);
    }
  }

  async #attempt<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<Attempt<T>> {
    let session: Session | undefined;
    try {
      session = await this.#session();
      return await runOnce(session, this.dataSource, begin, work);
    } catch (error) {
      return { error, repeatable: isRepeatable(error, session) };
    } finally {
      session?.release();
    }
  }
}

type Attempt<T> = Committed<T> | { readonly error: unknown; readonly repeatable: boolean };

/**
 * A conflict, or a connection that could not be made or was lost before COMMIT. Waiting in vain, for a free connection
 * or for a statement, is neither. Whether the connection is lost is asked of it, not of the error: the work may have
 * failed to reach some other system.
 */
function isRepeatable(error: unknown, session: Session | undefined): boolean {
  if (error instanceof CommitOutcomeUnknownError) return false;
  if (error instanceof DatabaseUnavailableError && error.reason === 'timeout') return false;
  return session === undefined || session.broken || isConflict(rootFault(error));
}
