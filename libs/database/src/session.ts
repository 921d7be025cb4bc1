import type { Pool, PoolClient } from 'pg';
import { DatabaseUnavailableError } from './database.errors.js';
import { isConnectionLoss, isStalePlan, sqlStateOf, typedError } from './failure.js';
import type { Statement } from './statement.js';

/** A connection on loan from the pool. It knows whether it may go back, and outlives the death of its backend. */
export class Session {
  #broken: Error | undefined;

  private constructor(readonly client: PoolClient) {
    // While a connection is on loan the pool does not listen, and an `error` nobody hears ends the process.
    client.on('error', this.#onError);
  }

  /** Takes a connection. Throws a {@link DatabaseUnavailableError} (`connect`, or `timeout` where none is free). */
  static async acquire(pool: Pool): Promise<Session> {
    try {
      return new Session(await pool.connect());
    } catch (cause) {
      const typed = typedError(cause);
      if (typed instanceof DatabaseUnavailableError && typed.reason === 'timeout') throw typed;
      throw new DatabaseUnavailableError('connect', sqlStateOf(cause), cause);
    }
  }

  get broken(): boolean {
    return this.#broken !== undefined;
  }

  async query<Row>({ name, text }: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await this.client.query({ name, text, values: [...values] });
      return rows as Row[];
    } catch (error) {
      throw typedError(this.#judge(error), name);
    }
  }

  /** Runs a bare command and gives its tag, such as `COMMIT`. Throws the driver's own error. */
  async command(text: string): Promise<string> {
    try {
      return (await this.client.query(text)).command;
    } catch (error) {
      throw this.#judge(error);
    }
  }

  /** Gives the connection back; a broken one is closed and leaves the pool. */
  release(): void {
    this.client.release(this.#broken);
    this.client.off('error', this.#onError);
  }

  /** Marks the connection as one that must not go back. */
  discard(reason: unknown): void {
    this.#broken ??= reason instanceof Error ? reason : new Error(String(reason));
  }

  #judge(error: unknown): unknown {
    if (error instanceof Error && (isConnectionLoss(error) || isStalePlan(error))) this.#broken ??= error;
    return error;
  }

  readonly #onError = (error: Error): void => {
    this.#broken ??= error;
  };
}
