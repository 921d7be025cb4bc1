import type { StoredMessage } from './stored-message.js';

/** Which messages are meant; what is not given excludes none. */
export interface Selection {
  /** CloudEvents type; a `*` at the end stands for anything. */
  readonly type?: string | undefined;
  /** Why the message was dead-lettered. */
  readonly reason?: string | undefined;
  /** CloudEvents id. */
  readonly id?: string | undefined;
  /** Milliseconds since it was sent to its queue, at least. */
  readonly olderThanMs?: number | undefined;
}

/** Whether the message is one of those meant. */
export function isSelected(message: StoredMessage, { type, reason, id, olderThanMs }: Selection, now: number): boolean {
  return (
    (type === undefined || isOfType(message.type, type)) &&
    (reason === undefined || message.reason === reason) &&
    (id === undefined || message.id === id) &&
    (olderThanMs === undefined || now - message.sentAt >= olderThanMs)
  );
}

function isOfType(type: string | undefined, wanted: string): boolean {
  return wanted.endsWith('*') ? (type ?? '').startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** Messages of one type and reason. */
export interface Tally {
  readonly type: string | undefined;
  readonly reason: string;
  readonly count: number;
  /** When the oldest was sent to its queue, in milliseconds since the Unix epoch. */
  readonly oldestSentAt: number;
}

/** Counts messages by type and reason. */
export class Tallies {
  readonly #rows = new Map<string, Tally>();

  add({ type, reason, sentAt }: StoredMessage): void {
    const key = JSON.stringify([type, reason]);
    const row = this.#rows.get(key);
    this.#rows.set(key, {
      type,
      reason,
      count: (row?.count ?? 0) + 1,
      oldestSentAt: Math.min(row?.oldestSentAt ?? sentAt, sentAt),
    });
  }

  /** The most frequent first. */
  rows(): Tally[] {
    return [...this.#rows.values()].toSorted((a, b) => b.count - a.count);
  }
}
