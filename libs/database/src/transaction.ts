import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { BorrowedQueryRunner } from './borrowed-query-runner.js';
import { CommitOutcomeUnknownError, DatabaseError, TransactionEndedError } from './database.errors.js';
import { isServerRefusal, typedError } from './failure.js';
import type { Session } from './session.js';
import type { Statement, Tx } from './statement.js';

const logger = new Logger('Database');

/** One BEGIN..COMMIT on one connection. */
class Transaction implements Tx {
  readonly #listeners: (() => unknown)[] = [];
  #runner: BorrowedQueryRunner | undefined;
  #ended = false;
  /** The last error of a statement; tells why COMMIT turned into a rollback. */
  failure: unknown;

  constructor(
    readonly session: Session,
    readonly dataSource: DataSource,
  ) {}

  get manager(): EntityManager {
    if (this.#ended) throw new TransactionEndedError();
    this.#runner ??= new BorrowedQueryRunner(this.dataSource, this.session.client);
    return this.#runner.manager;
  }

  async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    if (this.#ended) throw new TransactionEndedError();
    try {
      return await this.session.query<Row>(statement, values);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  afterCommit(listener: () => unknown): void {
    if (this.#ended) throw new TransactionEndedError();
    this.#listeners.push(listener);
  }

  end(): void {
    this.#ended = true;
    this.#runner?.retire();
  }

  /** Tells the listeners; what they have promised, if any has. */
  committed(): Promise<void> | undefined {
    const promises: Promise<unknown>[] = [];
    for (const listener of this.#listeners) {
      try {
        const said = listener();
        if (said instanceof Promise) promises.push(said);
      } catch (error) {
        deaf(error);
      }
    }
    return promises.length === 0 ? undefined : kept(promises);
  }
}

async function kept(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(promises)) if (end.status === 'rejected') deaf(end.reason);
}

/** The work is committed: to fail now would make its caller do it again. */
function deaf(error: unknown): void {
  logger.error(`a listener of the commit failed: ${String(error)}`);
}

/** What a transaction that was committed has come to. */
export interface Committed<T> {
  readonly value: T;
  /** What its listeners have promised, if any has; never rejects. */
  readonly told: Promise<void> | undefined;
}

/**
 * Sends COMMIT. An ERROR in answer means that nothing was written. Anything else that is no answer (a lost connection,
 * a time-out, the FATAL of a server going down, which may follow the commit record) leaves the outcome unknown.
 */
async function commit(tx: Transaction): Promise<void> {
  let tag: string;
  try {
    tag = await tx.session.command('COMMIT');
  } catch (error) {
    throw isServerRefusal(error) ? typedError(error, 'COMMIT') : new CommitOutcomeUnknownError(error);
  }
  // Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (tag !== 'COMMIT') {
    throw new DatabaseError('a statement failed and the work went on', { statement: tag }, { cause: tx.failure });
  }
}

async function rollback(session: Session): Promise<void> {
  if (!session.broken) await session.command('ROLLBACK');
}

/**
 * Runs the work in one transaction, once. BEGIN is written without waiting for its answer; the first statement of the
 * work travels with it. Throws what the work threw, or a typed error.
 */
export async function runOnce<T>(
  session: Session,
  dataSource: DataSource,
  begin: string,
  work: (tx: Tx) => Promise<T>,
): Promise<Committed<T>> {
  const tx = new Transaction(session, dataSource);
  const [begun, worked] = await Promise.allSettled([session.command(begin), work(tx)]);
  tx.end();
  if (begun.status === 'rejected') throw typedError(begun.reason, 'BEGIN');
  if (worked.status === 'rejected') {
    const [undone] = await Promise.allSettled([rollback(session)]);
    // A rollback that fails has lost its connection, and the server rolls back by itself.
    if (undone.status === 'rejected') session.discard(undone.reason);
    throw worked.reason;
  }
  await commit(tx);
  return { value: worked.value, told: tx.committed() };
}
