import type { Database, Tx } from '@lethe/database';
import type { Message, ServiceDefinition } from '@lethe/topology';
import type { Outbox } from './outbox.js';
import { UnitOfWork } from './unit-of-work.js';

/** Makes the effect of a message happen once, however often it is delivered (R13): id and effect share a transaction (R14). */
export class Inbox<S extends ServiceDefinition = ServiceDefinition> {
  readonly #units: UnitOfWork<S>;

  constructor(database: Pick<Database, 'transaction'>, outbox: Outbox<S>) {
    this.#units = new UnitOfWork(database, outbox);
  }

  /**
   * `UnitOfWork.once` for work that writes its messages by itself, or none. Work that throws leaves no trace, so that the
   * next delivery does it. Throws as `UnitOfWork.run` does.
   */
  once<T>(message: Pick<Message, 'id'>, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return this.#units.once(message, ({ tx }) => work(tx));
  }
}
