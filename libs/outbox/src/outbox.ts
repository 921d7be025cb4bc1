import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from '@lethe/database';
import {
  type Clock,
  currentActor,
  currentTrace,
  formatActor,
  formatTraceparent,
  systemClock,
  uuidv7,
} from '@lethe/kernel';
import { UndeclaredMessageError } from '@lethe/messaging';
import {
  type EmittedBy,
  type InputOf,
  type MessageDefinition,
  type ServiceDefinition,
  encodeMessage,
} from '@lethe/topology';
import { DeliveryTimeError, OutboxKeyError } from './outbox.errors.js';
import {
  type OutboxAddress,
  type OutboxRow,
  type OutboxWrites,
  type ScheduledAddress,
  type ScheduledRow,
  columnsOf,
} from './outbox.rows.js';
import { ADD, ADD_ALL, CANCEL_IN_LINE, CANCEL_SCHEDULED, SCHEDULE, WRITE } from './outbox.sql.js';
import type { Wake } from './relay/wake.js';

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
   * With `deliverAt` it is sent within about a second of that time, unless {@link cancel} comes first.
   * Throws a `MessageFormatError` where the data breaks the schema, an {@link UndeclaredMessageError}, an
   * {@link OutboxKeyError}, a {@link DeliveryTimeError}.
   */
  async add<D extends EmittedBy<S>>(
    tx: Tx,
    definition: D,
    data: InputOf<D>,
    address: OutboxAddress | ScheduledAddress,
  ): Promise<string> {
    if ('deliverAt' in address) {
      const row = this.#encodeScheduled(definition, data, address);
      await tx.query(SCHEDULE, row);
      return row[0];
    }
    const row = this.#encode(definition, data, address);
    await tx.query(ADD, row);
    tx.afterCommit(() => this.wake());
    return row[0];
  }

  /** Writes rows that {@link row} made, in their order, in one round trip. */
  async addAll(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(ADD_ALL, columnsOf(rows, 5));
    tx.afterCommit(() => this.wake());
  }

  /** Writes rows of now and of later, and takes others of later back, in one round trip. */
  async write(tx: Tx, { rows, scheduled, unwanted }: OutboxWrites): Promise<void> {
    if (scheduled.length === 0 && unwanted.length === 0) return this.addAll(tx, rows);
    await tx.query(WRITE, [...columnsOf(rows, 5), ...columnsOf(scheduled, 6), unwanted]);
    if (rows.length > 0) tx.afterCommit(() => this.wake());
  }

  /**
   * Takes a message back, and tells whether it was still unsent: then it is never sent, if the transaction commits. False
   * where it has left, is just being sent, was cancelled before or never was.
   */
  async cancel(tx: Tx, id: string): Promise<boolean> {
    const [waiting] = await tx.query(CANCEL_SCHEDULED, [id]);
    if (waiting !== undefined) return true;
    const [inLine] = await tx.query(CANCEL_IN_LINE, [id]);
    return inLine !== undefined;
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

  /** As {@link row}, of a message of later, for `SCHEDULED_COLUMNS`. Nobody needs to be woken for it. */
  scheduledRow<D extends EmittedBy<S>>(definition: D, data: InputOf<D>, address: ScheduledAddress): ScheduledRow {
    return this.#encodeScheduled(definition, data, address);
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

  #encodeScheduled(definition: MessageDefinition, data: unknown, { key, deliverAt }: ScheduledAddress): ScheduledRow {
    const at = new Date(deliverAt);
    // Beyond 9999 the two ways of writing a time, ISO 8601 and Postgres's, part.
    if (!(at.getTime() >= 0 && at.getUTCFullYear() <= 9_999)) throw new DeliveryTimeError(deliverAt);
    return [...this.#encode(definition, data, { key }, at.getTime()), at];
  }

  /** The id is of the time at which the message is to leave: so the least id of the outbox is the oldest row. */
  #encode(definition: MessageDefinition, data: unknown, { key }: OutboxAddress, deliverAt = 0): OutboxRow {
    if (!this.#emits.has(definition.type))
      throw new UndeclaredMessageError(this.service.name, definition.type, 'neither publishes nor sends');
    if (key.length === 0 || key.length > 256) throw new OutboxKeyError(key);
    const time = this.clock.now();
    const id = uuidv7(Math.max(time, deliverAt));
    const trace = currentTrace();
    const traceparent = trace === undefined ? undefined : formatTraceparent(trace);
    const source = this.service.name;
    // Whoever's request or message led here; else the service acts by itself, as on a timer.
    const actor = formatActor(currentActor() ?? { kind: 'service', name: source });
    const fields = { id, source, time, subject: key, traceparent, actor };
    return [id, key, definition.type, encodeMessage(definition, data, fields), traceparent ?? null];
  }
}
