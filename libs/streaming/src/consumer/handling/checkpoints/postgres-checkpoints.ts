import { BatchAppliedError, StaleBatchError, UnexpectedAnswerError } from '../../../streaming.errors.js';
import type { Handling } from '../batch.js';
import { CHECKPOINT_TABLE, tableName } from './checkpoint-table.js';
import { type CheckpointStatements, checkpointStatements } from './checkpoints.sql.js';
import type { ShardCheckpoints, ShardTenure } from './shard-checkpoints.js';

/** Whatever runs statements: a client or pool of `pg`, a `Database` or `Tx` of `@lethe/database`. */
export interface PostgresQuerier {
  /** Answers rows, or an object that has them as `rows`. */
  query(statement: { readonly name: string; readonly text: string }, values: unknown[]): Promise<unknown>;
}

/** What {@link PostgresCheckpoints.advance} needs of a batch. */
export type CheckpointedBatch = ShardTenure & Pick<Handling, 'position'>;

export interface PostgresCheckpointsOptions {
  /** Runs statements by themselves. */
  readonly database: PostgresQuerier;
  /** The application of the consumer group. */
  readonly application: string;
  /** Made by a migration with `checkpointTable(table)`; `stream_checkpoint`. */
  readonly table?: string;
}

/**
 * Checkpoints in the database that has the effects, moved by the transactions that have them: each record takes effect
 * exactly once, whoever is killed or paused, and whenever (R23, R28). Postgres says where a shard goes on, and the lease
 * follows behind for whoever looks at it; a lease that was rewound rewinds Postgres too.
 */
export class PostgresCheckpoints implements ShardCheckpoints {
  /** The table. */
  readonly place: string;
  readonly #sql: CheckpointStatements;

  constructor(private readonly options: PostgresCheckpointsOptions) {
    const table = tableName(options.table ?? CHECKPOINT_TABLE);
    this.place = `table ${table} of PostgreSQL`;
    this.#sql = checkpointStatements(table);
  }

  /**
   * Moves the shard on past the batch, in the transaction of its effects: to be the first thing it does, and to roll back
   * where it throws. A {@link StaleBatchError} says that another owner has begun, a {@link BatchAppliedError} that an
   * earlier attempt was committed after all; the consumer group knows both, and neither is to be caught.
   */
  async advance(tx: PostgresQuerier, batch: CheckpointedBatch): Promise<void> {
    const { position, fence, shardId } = batch;
    if (!position) throw new TypeError('a batch has a position only where a shard is handled one batch at a time');
    const key = this.#key(batch);
    const moved = rowsOf(await tx.query(this.#sql.advance, [...key, position.to, fence, position.from]));
    if (moved.length > 0) return;
    const [row] = rowsOf(await tx.query(this.#sql.look, key));
    const owner = Number(row?.['fence']);
    if (row?.['checkpoint'] === position.to && owner === fence) throw new BatchAppliedError(shardId, position.to);
    const found = row ? `at ${String(row['checkpoint'])} under ${owner}` : 'gone';
    throw new StaleBatchError(shardId, `the checkpoint is ${found}, not at ${position.from} under ${fence}`);
  }

  async open(tenure: ShardTenure, leaseCheckpoint: string, replay?: number): Promise<string> {
    const { fence, shardId } = tenure;
    // A word is where somebody told the shard to begin, a number how far it has come since.
    const order = replay === undefined ? leaseCheckpoint : `${leaseCheckpoint}#${replay}`;
    const begunAt = /^\d/.test(leaseCheckpoint) ? null : order;
    const values = [...this.#key(tenure), leaseCheckpoint, begunAt, fence];
    const [row] = rowsOf(await this.options.database.query(this.#sql.open, values));
    if (!row) throw new StaleBatchError(shardId, `an owner later than ${fence} has begun`);
    if (typeof row['checkpoint'] !== 'string') throw new UnexpectedAnswerError('a checkpoint that is no text');
    return row['checkpoint'];
  }

  async pass(batch: CheckpointedBatch): Promise<void> {
    await this.advance(this.options.database, batch);
  }

  async followed(tenure: ShardTenure): Promise<void> {
    await this.options.database.query(this.#sql.followed, [...this.#key(tenure), tenure.fence]);
  }

  async close(tenure: ShardTenure): Promise<void> {
    await this.options.database.query(this.#sql.close, [...this.#key(tenure), tenure.fence]);
  }

  #key({ stream, shardId }: ShardTenure): unknown[] {
    return [this.options.application, stream, shardId];
  }
}

function rowsOf(answer: unknown): Record<string, unknown>[] {
  if (Array.isArray(answer)) return answer;
  if (typeof answer === 'object' && answer !== null && 'rows' in answer && Array.isArray(answer.rows)) {
    return answer.rows;
  }
  throw new UnexpectedAnswerError('neither rows nor an object that has them');
}
