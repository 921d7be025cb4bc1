import { setTimeout as delay } from 'node:timers/promises';
import {
  ActiveStatementsExceededException,
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { uuidv7 } from '@lethe/kernel';
import { StatementError } from '../warehouse.errors.js';
import type { Answer, Cell } from '../warehouse.js';

export interface RedshiftDatabase {
  readonly client: RedshiftDataClient;
  /** Of Redshift Serverless. */
  readonly workgroup: string;
  readonly database: string;
  /** ARN of a secret with name and password; left out, the caller's IAM identity signs in. */
  readonly secretArn?: string;
  /** Milliseconds a statement may take; then it is cancelled. Default 30 minutes. */
  readonly timeoutMs?: number;
  /** Waits so many milliseconds. Default: a timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Milliseconds between looks: few while it may be quick, then fewer. The Data API bills nothing for them but throttles. */
const POLL = { first: 100, factor: 1.7, most: 5_000 };
const TIMEOUT_MS = 30 * 60_000;
/** Statements of one batch, as the Data API has it. */
export const MAX_BATCH = 40;

/**
 * Statements by the Redshift Data API: over HTTPS, without a connection that would be held, in three steps: begin, ask
 * how it stands, fetch the rows.
 */
export class RedshiftStatements {
  readonly #db: RedshiftDatabase;
  readonly #wait: (ms: number) => Promise<void>;

  constructor(db: RedshiftDatabase) {
    this.#db = db;
    this.#wait = db.wait ?? ((ms) => delay(ms));
  }

  /**
   * Runs them in order, in one transaction: all or none. However often the request has to be sent, its client token makes
   * Redshift run it once. Throws a {@link StatementError}; a RangeError for more than {@link MAX_BATCH}.
   */
  async runAll(sqls: readonly string[]): Promise<void> {
    if (sqls.length === 0 || sqls.length > MAX_BATCH)
      throw new RangeError(`${sqls.length} statements are not 1 to ${MAX_BATCH}`);
    const command = new BatchExecuteStatementCommand({ ...this.#target(), Sqls: [...sqls], ClientToken: uuidv7() });
    await this.#ended(await this.#begun(() => this.#db.client.send(command)), sqls.join(';\n'));
  }

  /** Throws a {@link StatementError}. */
  async query(sql: string): Promise<Answer> {
    const command = new ExecuteStatementCommand({ ...this.#target(), Sql: sql, ClientToken: uuidv7() });
    const id = await this.#begun(() => this.#db.client.send(command));
    const { HasResultSet } = await this.#ended(id, sql);
    return HasResultSet === true ? this.#rows(id) : { columns: [], rows: [] };
  }

  #target() {
    const { workgroup, database, secretArn } = this.#db;
    return {
      WorkgroupName: workgroup,
      Database: database,
      ...(secretArn === undefined ? {} : { SecretArn: secretArn }),
    };
  }

  /** Begins it, when there is room for one more. */
  async #begun(send: () => Promise<{ Id?: string | undefined }>): Promise<string> {
    for (let ms = POLL.first; ; ms = Math.min(ms * POLL.factor, POLL.most)) {
      try {
        const { Id } = await send();
        return Id ?? '';
      } catch (error) {
        if (!(error instanceof ActiveStatementsExceededException)) throw error;
        await this.#wait(ms);
      }
    }
  }

  async #ended(id: string, sql: string): Promise<DescribeStatementCommandOutput> {
    let waited = 0;
    for (let ms = POLL.first; ; ms = Math.min(ms * POLL.factor, POLL.most)) {
      const state = await this.#db.client.send(new DescribeStatementCommand({ Id: id }));
      if (state.Status === 'FINISHED') return state;
      if (state.Status === 'FAILED' || state.Status === 'ABORTED') {
        const failed = state.SubStatements?.find(({ Status }) => Status === 'FAILED');
        throw new StatementError(failed?.QueryString ?? sql, failed?.Error ?? state.Error ?? state.Status);
      }
      if (waited >= (this.#db.timeoutMs ?? TIMEOUT_MS)) {
        await this.#db.client.send(new CancelStatementCommand({ Id: id }));
        throw new StatementError(sql, `did not end within ${waited} ms`);
      }
      await this.#wait(ms);
      waited += ms;
    }
  }

  async #rows(id: string): Promise<Answer> {
    let columns: string[] = [];
    const rows: Cell[][] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await this.#db.client.send(new GetStatementResultCommand({ Id: id, NextToken: next }));
      columns = page.ColumnMetadata?.map(({ name }) => name ?? '') ?? columns;
      rows.push(...(page.Records ?? []).map((record) => record.map(cellOf)));
      next = page.NextToken;
    }
    return { columns, rows };
  }
}

function cellOf(field: Field): Cell {
  if (field.isNull === true) return null;
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}
