import type { LakeEvent, LakeEventType } from '@lethe/contracts';
import type { Querier } from '@lethe/database';
import { packEvents } from './lake-batch.js';
import { APPEND_BATCH } from './lake.sql.js';

/**
 * Where events wait for their way into the lake: written in the transaction that counts them, so that the lake has what
 * is counted, once, and nothing else. One row for all the events of a transaction.
 */
export class LakeLog {
  /** Events of these types come into the lake another way, and are not kept here. */
  constructor(private readonly elsewhere: readonly LakeEventType[] = []) {}

  /**
   * Keeps the events of this transaction for the lake. The caller says each event once: only those that its own table
   * (inbox, clicks) did not know. Nothing for none.
   */
  async append(tx: Querier, events: readonly LakeEvent[]): Promise<void> {
    const ours = events.filter(({ event_type: type }) => !this.elsewhere.includes(type));
    if (ours.length > 0) await tx.query(APPEND_BATCH, [packEvents(ours), ours.length]);
  }
}
