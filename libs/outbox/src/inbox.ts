import type { Database, Tx } from '@lethe/database';
import type { Message } from '@lethe/topology';
import type { Outbox } from './outbox.js';
import { RECEIVE } from './outbox.sql.js';

/** Makes the effect of a message happen once, however often it is delivered (R13): id and effect share a transaction (R14). */
export class Inbox {
  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly outbox: Pick<Outbox, 'waking'>,
  ) {}

  /**
   * Runs the work in a transaction that also remembers the message's id. A message received before has no effect and
   * gives undefined. While another delivery of it is at work this one waits, and then is a duplicate, or, where the
   * other failed, does the work. Work that throws leaves no trace, so that the next delivery does it.
   * Throws as `Database.transaction` does.
   */
  once<T>(message: Pick<Message, 'id'>, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return this.outbox.waking(() =>
      this.database.transaction(async (tx) => {
        const [first] = await tx.query(RECEIVE, [message.id]);
        return first === undefined ? undefined : work(tx);
      }),
    );
  }
}
