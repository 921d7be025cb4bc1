import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Statement, TransactionOptions, Tx } from '@lethe/database';
import type { EmittedBy, InputOf, Message, ServiceDefinition } from '@lethe/topology';
import { NestedUnitOfWorkError, UnitOfWorkEndedError } from './outbox.errors.js';
import type { Outbox } from './outbox.js';
import type { OutboxAddress, OutboxRow, ScheduledAddress, ScheduledRow } from './outbox.rows.js';
import { RECEIVE, RECEIVE_ALL } from './outbox.sql.js';

/**
 * What work may do: change rows, and say what is to be told if the changes are committed. Of no use once it has ended.
 * Its members may be taken out of it: `({ tx, emit }) => …`.
 */
export interface Unit<S extends ServiceDefinition = ServiceDefinition> {
  readonly tx: Tx;
  /**
   * Says a message and gives its id. It is written at the end of the work, after all its changes: thus behind the lock
   * on the aggregate, in the order of commits, in one round trip with the others, and nothing is left to be awaited.
   * Throws as `Outbox.add` does, an `UnitOfWorkEndedError` once the work has ended.
   */
  readonly emit: <D extends EmittedBy<S>>(definition: D, data: InputOf<D>, address: OutboxAddress) => string;
  /** As {@link emit}, for a time to come: sent within about a second of it. */
  readonly schedule: <D extends EmittedBy<S>>(definition: D, data: InputOf<D>, address: ScheduledAddress) => string;
  /** As {@link schedule}, of a row that `Outbox.scheduledRow` made. */
  readonly put: (row: ScheduledRow) => void;
  /** Takes a message back, said by this unit or by one before; whether it was still unsent (see `Outbox.cancel`). */
  readonly cancel: (id: string) => Promise<boolean>;
  /** As {@link cancel} of a scheduled message, at the end of the work and in its round trip, without an answer. */
  readonly drop: (id: string) => void;
  /**
   * A statement at the end of the work, in the round trip of its messages, of which no answer is needed: what it locks is
   * held for less long. It sees what the work has done, and the work does not see it.
   */
  readonly write: (statement: Statement, values: readonly unknown[]) => void;
}

class BufferedUnit<S extends ServiceDefinition> implements Unit<S> {
  #rows: OutboxRow[] = [];
  #scheduled: ScheduledRow[] = [];
  readonly #unwanted: string[] = [];
  readonly #writes: (readonly [Statement, readonly unknown[]])[] = [];
  #ended = false;

  constructor(
    readonly tx: Tx,
    private readonly outbox: Outbox<S>,
  ) {}

  get ended(): boolean {
    return this.#ended;
  }

  readonly emit: Unit<S>['emit'] = (definition, data, address) => {
    this.#assertOpen();
    const row = this.outbox.row(definition, data, address);
    this.#rows.push(row);
    return row[0];
  };

  readonly schedule: Unit<S>['schedule'] = (definition, data, address) => {
    this.#assertOpen();
    const row = this.outbox.scheduledRow(definition, data, address);
    this.#scheduled.push(row);
    return row[0];
  };

  readonly put: Unit<S>['put'] = (row) => {
    this.#assertOpen();
    this.#scheduled.push(row);
  };

  readonly cancel: Unit<S>['cancel'] = async (id) => {
    this.#assertOpen();
    return this.#takeBack(id) || this.outbox.cancel(this.tx, id);
  };

  readonly drop: Unit<S>['drop'] = (id) => {
    this.#assertOpen();
    if (!this.#takeBack(id)) this.#unwanted.push(id);
  };

  readonly write: Unit<S>['write'] = (statement, values) => {
    this.#assertOpen();
    this.#writes.push([statement, values]);
  };

  async flush(): Promise<void> {
    this.end();
    await Promise.all([
      ...this.#writes.map(([statement, values]) => this.tx.query(statement, values)),
      this.outbox.write(this.tx, { rows: this.#rows, scheduled: this.#scheduled, unwanted: this.#unwanted }),
    ]);
  }

  end(): void {
    this.#ended = true;
  }

  /** Forgets a message that was said but not written yet. */
  #takeBack(id: string): boolean {
    const before = this.#rows.length + this.#scheduled.length;
    this.#rows = this.#rows.filter((row) => row[0] !== id);
    this.#scheduled = this.#scheduled.filter((row) => row[0] !== id);
    return this.#rows.length + this.#scheduled.length < before;
  }

  #assertOpen(): void {
    if (this.#ended) throw new UnitOfWorkEndedError();
  }
}

const underWay = new AsyncLocalStorage<{ readonly ended: boolean }>();

/**
 * A change and the messages that tell of it, committed together or not at all (R15). There is nothing to forget: what is
 * said is written with the commit, nothing can be said outside, and a unit inside a unit is refused.
 */
export class UnitOfWork<S extends ServiceDefinition = ServiceDefinition> {
  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly outbox: Outbox<S>,
  ) {}

  /**
   * Runs the work in a transaction and writes what it said. As with `Database.transaction` it may run again, with a unit
   * of its own: it must have no effect outside. Throws as that does, and a {@link NestedUnitOfWorkError}.
   */
  async run<T>(work: (unit: Unit<S>) => Promise<T>, options?: TransactionOptions): Promise<T> {
    if (underWay.getStore()?.ended === false) throw new NestedUnitOfWorkError();
    return this.outbox.waking(() => this.database.transaction((tx) => this.#attempt(tx, work), options));
  }

  /**
   * As {@link run}, in a transaction that somebody else has opened and ends, such as that of an idempotency key: what is
   * said is committed with everything in it. Where nobody has opened one, as {@link run}. Throws what the work throws, and
   * a {@link NestedUnitOfWorkError}.
   */
  within<T>(tx: Tx | undefined, work: (unit: Unit<S>) => Promise<T>): Promise<T> {
    if (tx === undefined) return this.run(work);
    if (underWay.getStore()?.ended === false) throw new NestedUnitOfWorkError();
    return this.#attempt(tx, work);
  }

  /**
   * As {@link run}, once per message, however often it is delivered (R13): its id is remembered in the same transaction
   * (R14). A message received before has no effect and gives undefined. While another delivery of it is at work this one
   * waits, and then is a duplicate, or, where the other failed, does the work.
   */
  once<T>(message: Pick<Message, 'id'>, work: (unit: Unit<S>) => Promise<T>): Promise<T | undefined> {
    return this.run(async (unit) => {
      const [first] = await unit.tx.query(RECEIVE, [message.id]);
      return first === undefined ? undefined : work(unit);
    });
  }

  /**
   * As {@link once} for several messages in one commit: all have their effect or none. The work is given those that were
   * not received before, each once, in their order, and what `look` found, which is asked in the same round trip: it may
   * lock, and have effects that are the same for messages received before.
   */
  onceEach<M extends Pick<Message, 'id'>, L, T>(
    messages: readonly M[],
    look: (tx: Tx) => Promise<L>,
    work: (unit: Unit<S>, fresh: readonly M[], found: L) => Promise<T>,
  ): Promise<T> {
    const byId = new Map(messages.toReversed().map((message) => [message.id.toLowerCase(), message]));
    return this.run(async (unit) => {
      const [received, found] = await Promise.all([
        unit.tx.query<{ id: string }>(RECEIVE_ALL, [[...byId.keys()].toSorted()]),
        look(unit.tx),
      ]);
      const fresh = new Set(received.map(({ id }) => byId.get(id)));
      const those = messages.filter((message) => fresh.delete(message));
      return work(unit, those, found);
    });
  }

  async #attempt<T>(tx: Tx, work: (unit: Unit<S>) => Promise<T>): Promise<T> {
    const unit = new BufferedUnit<S>(tx, this.outbox);
    try {
      const result = await underWay.run(unit, () => work(unit));
      await unit.flush();
      return result;
    } finally {
      unit.end();
    }
  }
}
