import pg from 'pg';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';
import type { Access, AccessOptions } from './sign-in/access.js';
import { SilentLogger } from './silent-logger.js';
import { typeParsers } from './type-parsers.js';

/** A TypeORM migration: a class whose name ends in the 13 digits of a Unix time in milliseconds. */
export type MigrationClass = new () => MigrationInterface;
/** A TypeORM entity: maps and migrates only. */
export type EntityClass = abstract new (...args: never[]) => object;

export interface DatabaseOptions extends AccessOptions {
  /** Name of the service; shows as `application_name` in `pg_stat_activity`. */
  readonly service: string;
  readonly entities?: readonly EntityClass[];
  /** Every migration the code expects; {@link migrate} applies them, a replica only compares. */
  readonly migrations: readonly MigrationClass[];
  /** The most connections of this process (R11). Default 10. */
  readonly poolSize?: number;
  /** How long to wait for a connection, new or from the pool. Default 5,000 ms (R04). */
  readonly connectTimeoutMs?: number;
  /**
   * How long the server runs a statement before it cancels it. Default 10,000 ms (R04). The client waits as long
   * again, at most 2 s, before it gives up the connection: that covers a network that has gone silent.
   */
  readonly statementTimeoutMs?: number;
  /** How long the server lets a transaction sit idle before it ends the connection. Default 60,000 ms. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Told of connections that die while idle; the pool has already replaced them. Default: a warning in Nest's log. */
  readonly onIdleError?: (error: Error) => void;
}

const CLIENT_GRACE_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const IDLE_CONNECTION_MS = 60_000;

/** What every connection of the service is made with. Statements may take as long as they like. */
export function connectionSettings(options: DatabaseOptions, { way }: Access) {
  return {
    ...('url' in way ? { connectionString: way.url } : way),
    application_name: options.service,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    ...SOCKET,
  };
}

const SOCKET = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS, types: typeParsers };

/** How connections of the pool differ: everything on them has an end (R04). */
export function poolSettings(options: DatabaseOptions) {
  const statementTimeout = options.statementTimeoutMs ?? 10_000;
  return {
    statement_timeout: statementTimeout,
    query_timeout: statementTimeout + Math.min(statementTimeout, CLIENT_GRACE_MS),
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    // Statements are written without waiting for the answer before them, so that BEGIN costs no round trip.
    pipeline: true,
  };
}

function wayForTypeorm(way: Access['way']) {
  if ('url' in way) return { url: way.url };
  const { user: username, ...rest } = way;
  return { username, ...rest };
}

/** TypeORM's options: it owns the pool, and never synchronises a schema nor migrates at start (H33). */
export function dataSourceOptions(
  options: DatabaseOptions,
  access: Access,
  settings: Readonly<Record<string, unknown>>,
  onIdleError: (error: Error) => void,
): DataSourceOptions {
  const { connectionTimeoutMillis, application_name } = connectionSettings(options, access);
  return {
    type: 'postgres',
    // Handed in: TypeORM would look for it in node_modules, and a bundle has none.
    driver: pg,
    ...wayForTypeorm(access.way),
    applicationName: application_name,
    connectTimeoutMS: connectionTimeoutMillis,
    poolSize: options.poolSize ?? 10,
    poolErrorHandler: onIdleError,
    entities: [...(options.entities ?? [])],
    migrations: [...options.migrations],
    migrationsTransactionMode: 'each',
    migrationsRun: false,
    synchronize: false,
    installExtensions: false,
    logging: false,
    logger: new SilentLogger(),
    extra: { ...SOCKET, ...settings },
  };
}
