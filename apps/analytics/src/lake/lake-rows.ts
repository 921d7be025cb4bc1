import type { LakeEvent } from '@lethe/contracts';
import { lakeKey } from '@lethe/warehouse/lake';

/** Rows of one file. */
export interface FileRows {
  readonly key: string;
  readonly type: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
  readonly rows: readonly LakeEvent[];
}

/** The files that a job writes: its events by type and day, each file named after the job. */
export function filesOf(jobId: string, events: readonly LakeEvent[]): FileRows[] {
  const files = new Map<string, { key: string; type: string; day: string; rows: LakeEvent[] }>();
  for (const event of events) {
    const { event_type: type } = event;
    const day = new Date(event.occurred_at).toISOString().slice(0, 10);
    const key = lakeKey({ type, day, id: jobId });
    const file = files.get(key) ?? { key, type, day, rows: [] };
    file.rows.push(event);
    files.set(key, file);
  }
  return [...files.values()];
}

/** Each event once, in the order of time: the same rows whatever files they came from. */
export function merged(events: readonly LakeEvent[]): LakeEvent[] {
  const byId = new Map(events.map((event) => [`${event.event_type} ${event.event_id}`, event]));
  return [...byId.values()].sort((a, b) => order(a.occurred_at, b.occurred_at) || order(a.event_id, b.event_id));
}

/** The events without who is erased; what they bought stays in the sums. */
export function withoutCustomers(events: readonly LakeEvent[], erased: ReadonlySet<string>): LakeEvent[] {
  if (erased.size === 0) return [...events];
  return events.map((event) => {
    if (event.customer === undefined || !erased.has(event.customer)) return event;
    const { customer: _, ...rest } = event;
    return rest;
  });
}

/** Who is known in these rows, each once. */
export function customersOf(events: readonly LakeEvent[]): string[] {
  return [...new Set(events.flatMap(({ customer }) => customer ?? []))];
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
