import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from '@lethe/database';
import { type Clock, currentTrace, formatTraceparent, systemClock, uuidv7 } from '@lethe/kernel';
import { UndeclaredMessageError } from '@lethe/messaging';
import {
  type EmittedBy,
  type InputOf,
  type MessageDefinition,
  type ServiceDefinition,
  encodeMessage,
} from '@lethe/topology';
import { OutboxKeyError } from './outbox.errors.js';
import { ADD, ADD_ALL } from './outbox.sql.js';
import type { Wake } from './wake.js';

/** Values for the columns of `OUTBOX_COLUMNS`, in their order. */
export type OutboxRow = readonly [id: string, key: string, type: string, body: string, traceparent: string | null];

export interface OutboxAddress {
  /** Id of the aggregate: messages of one key leave in the order in which they were written. 1 to 256 characters. */
  readonly key: string;
}

/** Tells, within a piece of work, whether rows were made that only the writer of the statement knows of. */
const made = new AsyncLocalStorage<{ rows: boolean }>();

/**
 * Where a service leaves messages: in the transaction of the change they tell of. A relay sends them afterwards, at
 * least once (R15). Only what the service declares compiles, and passes at run time.
 */
export class Outbox<S extends ServiceDefinition = ServiceDefinition> {
  readonly #emits: ReadonlySet<string>;

  constructor(
    private readonly service: S,
    private readonly bell: Wake,
    private readonly clock: Clock = systemClock,
  ) {
    this.#emits = new Set([...service.publishes, ...service.sends].map(({ type }) => type));
  }

  /**
   * Writes one message and gives its id. The relay is woken when the transaction commits. Write or lock the aggregate
   * before: messages of one key then get their places in line in the order in which their transactions commit.
   * Throws a `MessageFormatError` where the data breaks the schema, an {@link UndeclaredMessageError}, an {@link OutboxKeyError}.
   */
  async add<D extends EmittedBy<S>>(tx: Tx, definition: D, data: InputOf<D>, address: OutboxAddress): Promise<string> {
    const row = this.#encode(definition, data, address);
    await tx.query(ADD, row);
    tx.afterCommit(() => this.wake());
    return row[0];
  }

  /** Writes rows that {@link row} made, in their order, in one round trip. */
  async addAll(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      ADD_ALL,
      [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column])),
    );
    tx.afterCommit(() => this.wake());
  }

  /**
   * The values of one message, for a statement that writes it together with the aggregate (see `OUTBOX_COLUMNS`).
   * Whoever runs the statement calls {@link wake} after the commit; inside `Inbox.once` that is done for you.
   * Throws as {@link add} does.
   */
  row<D extends EmittedBy<S>>(definition: D, data: InputOf<D>, address: OutboxAddress): OutboxRow {
    const row = this.#encode(definition, data, address);
    const work = made.getStore();
    if (work !== undefined) work.rows = true;
    return row;
  }

  /** Call after a commit that wrote rows: this process's relay begins at once, others are notified if it is busy. */
  wake(): void {
    this.bell.ring();
  }

  /** Runs the work, then wakes the relay if the work made rows by {@link row}. */
  async waking<T>(work: () => Promise<T>): Promise<T> {
    const store = { rows: false };
    const result = await made.run(store, work);
    if (store.rows) this.wake();
    return result;
  }

  #encode(definition: MessageDefinition, data: unknown, { key }: OutboxAddress): OutboxRow {
    if (!this.#emits.has(definition.type))
      throw new UndeclaredMessageError(this.service.name, definition.type, 'neither publishes nor sends');
    if (key.length === 0 || key.length > 256) throw new OutboxKeyError(key);
    const time = this.clock.now();
    const id = uuidv7(time);
    const trace = currentTrace();
    const traceparent = trace === undefined ? undefined : formatTraceparent(trace);
    const fields = { id, source: this.service.name, time, subject: key, traceparent };
    return [id, key, definition.type, encodeMessage(definition, data, fields), traceparent ?? null];
  }
}
