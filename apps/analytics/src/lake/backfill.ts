import type { LakeEvent } from '@lethe/contracts';
import type { Database } from '@lethe/database';
import { packEvents } from './lake-batch.js';
import { BACKFILL_STEPS, type BackfillStep, MOVE_CURSOR, START_BACKFILL } from './backfill.sql.js';
import { APPEND_BATCH } from './lake.sql.js';

/** Rows of facts of one transaction. */
const PAGE = 2_000;

interface FoundRow {
  readonly cursor: string;
  readonly event: Readonly<Record<string, string | number | null>>;
}

/**
 * Fills the lake with what was counted before there was one. The events have the ids that they would have had, so that
 * one that is in the lake already counts once all the same. Page and cursor share a transaction: broken off it goes on
 * where it was, and a second run adds nothing. Gives how many events it added.
 */
export async function backfillLake(database: Pick<Database, 'transaction'>): Promise<number> {
  let added = 0;
  for (const step of BACKFILL_STEPS) {
    for (let found = PAGE; found === PAGE;) {
      found = await database.transaction((tx) => backfillPage(tx, step));
      added += found;
    }
  }
  return added;
}

type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

async function backfillPage(tx: Tx, { source, find }: BackfillStep): Promise<number> {
  const [state] = await tx.query<{ after: string }>(START_BACKFILL, [source]);
  const rows = await tx.query<FoundRow>(find, [state?.after ?? '', PAGE]);
  const last = rows.at(-1);
  if (!last) return 0;
  // What the statement names as the columns of the lake.
  const events = rows.map(({ event }) => known(event) as LakeEvent);
  await tx.query(APPEND_BATCH, [packEvents(events), events.length]);
  await tx.query(MOVE_CURSOR, [source, last.cursor]);
  return rows.length;
}

function known(event: FoundRow['event']): Record<string, string | number> {
  return Object.fromEntries(Object.entries(event).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
