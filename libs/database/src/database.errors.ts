import { ProblemError } from '@lethe/kernel';

interface RefusalDetails {
  /** Five characters, PostgreSQL documentation, appendix A; undefined where the driver itself refused. */
  readonly sqlState?: string | undefined;
  readonly constraint?: string | undefined;
  readonly statement?: string | undefined;
}

/** The server, or the driver, refused a statement. The connection is well; in a transaction nothing of it remains. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly sqlState: string | undefined;
  /** Name of the violated constraint (SQLSTATE class 23). */
  readonly constraint: string | undefined;
  /** Name of the statement. */
  readonly statement: string | undefined;

  constructor(detail: string, { sqlState, constraint, statement }: RefusalDetails, options?: ErrorOptions) {
    super(statement === undefined ? detail : `${statement}: ${detail}`, options);
    this.sqlState = sqlState;
    this.constraint = constraint;
    this.statement = statement;
  }
}

const RETRY_SOON = { 'retry-after': '1' };

/**
 * No connection, a lost one, a server that is going down, or a statement that took too long. An answer of 503.
 * Of an autocommitted write it is not known whether it happened.
 */
export class DatabaseUnavailableError extends ProblemError {
  override readonly name = 'DatabaseUnavailableError';
  constructor(
    readonly reason: 'connect' | 'lost' | 'timeout',
    readonly sqlState: string | undefined,
    cause: unknown,
  ) {
    super(503, 'database-unavailable', { cause, headers: RETRY_SOON });
  }
}

/** The work met 40001 or 40P01 (or a lost connection) at every try; nothing of it remains. An answer of 503. */
export class TransactionRetriesExhaustedError extends ProblemError {
  override readonly name = 'TransactionRetriesExhaustedError';
  constructor(
    readonly attempts: number,
    readonly sqlState: string | undefined,
    cause: unknown,
  ) {
    super(503, 'database-contention', { cause, headers: RETRY_SOON });
  }
}

/**
 * COMMIT was sent and its answer never came: the work either happened or did not, and no retry here may guess.
 * The caller's idempotency key, or the inbox, finds out at the next attempt. An answer of 503.
 */
export class CommitOutcomeUnknownError extends ProblemError {
  override readonly name = 'CommitOutcomeUnknownError';
  constructor(cause: unknown) {
    super(503, 'commit-outcome-unknown', { cause, headers: RETRY_SOON });
  }
}

/** A `Tx` was used after its transaction had ended. */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError';
  constructor() {
    super('the transaction has ended; a statement was not awaited inside its work');
  }
}

/** A URL of Postgres does not suit. The URL is not shown: it may hold a password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
  constructor(fault: string) {
    super(`the URL of the database ${fault}`);
  }
}

/** No token to sign in with could be made: there are no credentials, or they did not come in time. */
export class DatabaseTokenError extends Error {
  override readonly name = 'DatabaseTokenError';
  constructor(
    readonly host: string,
    readonly user: string,
    options: ErrorOptions,
  ) {
    super(`no token to sign in to ${host} as ${user}`, options);
  }
}

/** A database and a user of a service cannot be made, or exist already in a way that is not safe to use. */
export class DatabasePreparationError extends Error {
  override readonly name = 'DatabasePreparationError';
  constructor(
    readonly service: string,
    fault: string,
  ) {
    super(`"${service}" ${fault}`);
  }
}

/** The one-off migration step failed; migrations before the failed one are applied and stay. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Whether the error is a violated unique constraint (SQLSTATE 23505), of the given name if one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): error is DatabaseError {
  return (
    error instanceof DatabaseError &&
    error.sqlState === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}
