import type { Tx } from '@lethe/database';

/** What a saga's row has to hold; the rest is its owner's. */
export interface SagaRow<State extends string = string> {
  readonly id: string;
  readonly state: State;
  /** 1 at the beginning, then one more with each transition. */
  readonly step: number;
  /** Id of the scheduled time-out of the state, if there is one. */
  readonly timer: string | null;
  /** How often it ran out while the saga was in this state. */
  readonly fired: number;
}

/** What becomes of a row. */
export interface SagaMove<State extends string = string> {
  /** The states come into, in order; none where only the time-out is set anew. */
  readonly path: readonly State[];
  readonly step: number;
  readonly reason: string | null;
  readonly timer: string | null;
  readonly fired: number;
  /** When the time-out of the state runs out. */
  readonly dueAt: Date | null;
}

/** Where the rows are: a table of the service (write this port), or the table `sagas` (`SagaTable`). */
export interface SagaStore<Row extends SagaRow> {
  /** Reads the row and holds its lock until the transaction ends. */
  lock(tx: Tx, id: string): Promise<Row | undefined>;
  save(tx: Tx, row: Row, move: SagaMove<Row['state']>): Promise<void>;
  /**
   * Takes at most `limit` rows, locked FOR UPDATE SKIP LOCKED, that were due more than `graceSeconds` ago, and makes them
   * due again now: so another look leaves them alone for as long.
   */
  takeOverdue(tx: Tx, graceSeconds: number, limit: number): Promise<Row[]>;
}
