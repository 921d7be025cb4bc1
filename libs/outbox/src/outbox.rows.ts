/** Values for the columns of `OUTBOX_COLUMNS`, in their order. */
export type OutboxRow = readonly [id: string, key: string, type: string, body: string, traceparent: string | null];

/** Values for the columns of `SCHEDULED_COLUMNS`, in their order. */
export type ScheduledRow = readonly [...OutboxRow, deliverAt: Date];

/** Where a message stands in line. */
export interface OutboxAddress {
  /** Id of the aggregate: messages of one key leave in the order in which they were written. 1 to 256 characters. */
  readonly key: string;
}

/** A message of later. It gets its place in line when its time has come, and holds up nothing until then. */
export interface ScheduledAddress extends OutboxAddress {
  /** When to send it, as a Date or in milliseconds since 1970; a time that has passed means now. */
  readonly deliverAt: Date | number;
}

/** What one transaction writes at once. */
export interface OutboxWrites {
  readonly rows: readonly OutboxRow[];
  readonly scheduled: readonly ScheduledRow[];
  /** Ids of messages of later that are no longer wanted; what has been put in line already stays there. */
  readonly unwanted: readonly string[];
}

/** The rows as an array of values for each column, which `unnest` turns back into rows. */
export function columnsOf(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}
