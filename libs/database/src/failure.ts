import { QueryFailedError } from 'typeorm';
import { DatabaseError, DatabaseUnavailableError } from './database.errors.js';

/** What Postgres or the socket says of a failure, as far as it says it. */
interface Fault {
  readonly code: string | undefined;
  readonly severity: string | undefined;
  readonly constraint: string | undefined;
  readonly message: string;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const QUERY_CANCELED = '57014';
const FEATURE_NOT_SUPPORTED = '0A000';
/** Server states in which a new connection is refused: shutting down, starting up, too many connections. */
const NOT_ACCEPTING = new Set(['57P01', '57P02', '57P03', '53300']);
const SOCKET_ERRORS = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EHOSTUNREACH']);
const LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const TIMED_OUT = /(Query read timeout|timeout expired|timeout exceeded when trying to connect|connection timeout)/;

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) {
    return { code: undefined, severity: undefined, constraint: undefined, message: String(error) };
  }
  return {
    code: 'code' in error ? text(error.code) : undefined,
    severity: 'severity' in error ? text(error.severity) : undefined,
    constraint: 'constraint' in error ? text(error.constraint) : undefined,
    message: error.message,
  };
}

const isSqlState = (code: string | undefined): code is string => code !== undefined && /^[0-9A-Z]{5}$/.test(code);

/** The error of the driver as a typed one. Errors that are typed already are given back. */
export function typedError(error: unknown, statement?: string): Error {
  if (error instanceof DatabaseError || error instanceof DatabaseUnavailableError) return error;
  if (error instanceof QueryFailedError) return typedError(error.driverError, statement);
  const { code, constraint, message } = faultOf(error);
  const sqlState = isSqlState(code) && !SOCKET_ERRORS.has(code) ? code : undefined;
  if (sqlState === QUERY_CANCELED || TIMED_OUT.test(message)) {
    return new DatabaseUnavailableError('timeout', sqlState, error);
  }
  if (isConnectionLoss(error)) return new DatabaseUnavailableError('lost', sqlState, error);
  return new DatabaseError(message, { sqlState, constraint, statement }, { cause: error });
}

/** Whether the connection the error came from can no longer be trusted. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, severity, message } = faultOf(error);
  return (
    severity === 'FATAL' ||
    severity === 'PANIC' ||
    (code !== undefined && (NOT_ACCEPTING.has(code) || SOCKET_ERRORS.has(code) || code.startsWith('08'))) ||
    LOST.test(message) ||
    TIMED_OUT.test(message)
  );
}

/** Whether the server answered with a plain ERROR: then, even to COMMIT, nothing was written. */
export function isServerRefusal(error: unknown): boolean {
  const { code, severity } = faultOf(error);
  return severity === 'ERROR' && isSqlState(code);
}

/**
 * A migration changed the columns behind a prepared statement (SQLSTATE 0A000). Nothing has run; another connection,
 * which prepares the statement anew, runs it.
 */
export function isStalePlan(error: unknown): boolean {
  const { code, message } = faultOf(error);
  return code === FEATURE_NOT_SUPPORTED && message.includes('cached plan');
}

/** The driver's error at the root of what the work threw: under TypeORM's wrapper, or as the cause of a domain error. */
export function rootFault(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 5; depth += 1) {
    if (current instanceof QueryFailedError) return current.driverError;
    if (current instanceof DatabaseError || current instanceof DatabaseUnavailableError) return current.cause;
    if (!(current instanceof Error) || current.cause === undefined) return current;
    current = current.cause;
  }
  return current;
}

/** Whether the whole work may be run again: serialization failure, deadlock, stale plan. */
export function isConflict(fault: unknown): boolean {
  const { code } = faultOf(fault);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK || isStalePlan(fault);
}

/** The SQLSTATE of a driver's error. */
export function sqlStateOf(fault: unknown): string | undefined {
  const { code } = faultOf(fault);
  return isSqlState(code) ? code : undefined;
}
