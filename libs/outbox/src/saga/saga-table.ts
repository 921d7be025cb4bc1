import { type MigrationClass, type MigrationInterface, type QueryRunner, type Tx, statement } from '@lethe/database';
import type { ServiceDefinition } from '@lethe/topology';
import type { Unit } from '../unit-of-work.js';
import type { TransitionTable } from './define-saga.js';
import type { Saga } from './saga.js';
import type { SagaMove, SagaRow, SagaStore } from './saga.store.js';

/** Table `sagas`, for sagas that have no row of their own in the service. */
export class SagaTables1767225600001 implements MigrationInterface {
  readonly name = 'SagaTables1767225600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sagas (
        saga text NOT NULL,
        id text NOT NULL,
        state text NOT NULL,
        step int NOT NULL DEFAULT 1,
        reason text,
        timer uuid,
        fired int NOT NULL DEFAULT 0,
        due_at timestamptz,
        data jsonb NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (saga, id)
      )`);
    await runner.query('CREATE INDEX sagas_due ON sagas (saga, due_at) WHERE due_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sagas');
  }
}

/** Table `sagas`; a service that has a {@link SagaTable} lists it after the outbox's. */
export const sagaMigrations: readonly MigrationClass[] = [SagaTables1767225600001];

const COLUMNS = 'id, state, step, reason, timer, fired, data';
const BEGIN = statement(
  'sagas.begin',
  `INSERT INTO sagas (saga, id, state, timer, due_at, data) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT DO NOTHING RETURNING id`,
);
const LOCK = statement('sagas.lock', `SELECT ${COLUMNS} FROM sagas WHERE saga = $1 AND id = $2 FOR UPDATE`);
const SAVE = statement(
  'sagas.save',
  `UPDATE sagas SET state = $3, step = $4, reason = coalesce($5, reason), timer = $6, fired = $7, due_at = $8
   WHERE saga = $1 AND id = $2`,
);
const KEEP = statement('sagas.keep', 'UPDATE sagas SET data = $3 WHERE saga = $1 AND id = $2');
const TAKE_OVERDUE = statement(
  'sagas.take-overdue',
  `WITH overdue AS (
     SELECT id FROM sagas WHERE saga = $1 AND due_at < now() - $2 * interval '1 second'
     ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
   UPDATE sagas s SET due_at = now() FROM overdue WHERE s.saga = $1 AND s.id = overdue.id
   RETURNING s.id, s.state, s.step, s.reason, s.timer, s.fired, s.data`,
);

/** A saga in the table `sagas`, with what it has to remember. */
export interface StoredSaga<State extends string, Data> extends SagaRow<State> {
  readonly reason: string | null;
  readonly data: Data;
}

/** Keeps the sagas of one name in the table `sagas`. `Data` is JSON. */
export class SagaTable<State extends string, Data> implements SagaStore<StoredSaga<State, Data>> {
  constructor(private readonly saga: string) {}

  /** Begins a saga in its first state; false, without effect, where there is one with this id already. */
  async begin<S extends ServiceDefinition>(
    unit: Pick<Unit<S>, 'tx' | 'put'>,
    saga: Pick<Saga<State, TransitionTable<State>, S, StoredSaga<State, Data>>, 'definition' | 'firstTimer'>,
    id: string,
    data: Data,
  ): Promise<boolean> {
    const first = saga.firstTimer(id);
    const { initial } = saga.definition;
    const values = [this.saga, id, initial, first?.timer ?? null, first?.dueAt ?? null, JSON.stringify(data)];
    const begun = (await unit.tx.query(BEGIN, values)).length > 0;
    if (begun && first !== undefined) unit.put(first.row);
    return begun;
  }

  async lock(tx: Tx, id: string): Promise<StoredSaga<State, Data> | undefined> {
    const [row] = await tx.query<StoredSaga<State, Data>>(LOCK, [this.saga, id]);
    return row;
  }

  async save(tx: Tx, { id, state }: StoredSaga<State, Data>, move: SagaMove<State>): Promise<void> {
    const { path, step, reason, timer, fired, dueAt } = move;
    await tx.query(SAVE, [this.saga, id, path.at(-1) ?? state, step, reason, timer, fired, dueAt]);
  }

  /** Remembers other data of a saga that this transaction has locked. */
  async keep(tx: Tx, id: string, data: Data): Promise<void> {
    await tx.query(KEEP, [this.saga, id, JSON.stringify(data)]);
  }

  takeOverdue(tx: Tx, graceSeconds: number, limit: number): Promise<StoredSaga<State, Data>[]> {
    return tx.query<StoredSaga<State, Data>>(TAKE_OVERDUE, [this.saga, graceSeconds, limit]);
  }
}
