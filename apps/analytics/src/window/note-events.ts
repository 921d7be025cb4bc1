import type { Querier } from '@lethe/database';
import { NOTE_EVENTS } from './window.sql.js';

/** Where events come from: each has a watermark of its own. */
export type EventSource = 'orders' | 'clicks';

export interface NotedEvents {
  readonly source: EventSource;
  /** When those happened that are new. */
  readonly times: readonly Date[];
  /** How many came that had come before. */
  readonly duplicates: number;
}

/** Moves the watermark of a source, and counts what was late and what came again, in the transaction that counts it. */
export async function noteEvents(tx: Querier, { source, times, duplicates }: NotedEvents): Promise<void> {
  if (times.length + duplicates > 0) await tx.query(NOTE_EVENTS, [source, times, duplicates]);
}
