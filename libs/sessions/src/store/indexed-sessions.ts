import { type Clock, systemClock } from '@lethe/kernel';
import { type SessionPage, type SessionRecord, type SessionStore } from '../session-store.js';
import {
  SessionConflictError,
  SessionError,
  SessionOwnerError,
  SessionStoreUnavailableError,
} from '../sessions.errors.js';
import { isLiving, toItem, toRecord } from './record-codec.js';
import { type NewSession, type OwnerIndex, type SessionItem, type SessionItems } from './session-items.js';
import { OwnerSessions } from './owner-sessions.js';

const DEFAULT_MAX_BYTES = 16 * 1_024;
const MAX_PER_OWNER = 1_000;
const PAGE = { default: 50, most: 100 };

/** What the options of every store say. */
export interface SessionLimits {
  /** Of a session's data as JSON in UTF-8. Default 16 KiB; an item of DynamoDB holds 400 KB. */
  readonly maxBytes?: number;
  /**
   * Living sessions that a user may have, give or take 64: beyond that the ones that were not used for the longest time
   * end (R11). Default 1,000.
   */
  readonly maxPerOwner?: number;
  readonly clock?: Clock;
}

/** What a store is made of. */
export interface IndexedSessionsOptions extends SessionLimits {
  readonly items: SessionItems;
  readonly index: OwnerIndex;
}

/**
 * The session store over single-key steps: the rules by which sessions live, conflict and end are here, once for all
 * stores. A user's sessions are found by an index that is written first, so that none is missed when they are revoked.
 */
export class IndexedSessions implements SessionStore {
  readonly #items: SessionItems;
  readonly #owners: OwnerSessions;
  readonly #maxBytes: number;
  readonly #clock: Clock;

  constructor({ items, index, clock = systemClock, ...limits }: IndexedSessionsOptions) {
    this.#items = items;
    this.#owners = new OwnerSessions(items, index, limits.maxPerOwner ?? MAX_PER_OWNER, clock);
    this.#maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#clock = clock;
  }

  // What every request calls has its own `try`: each function and promise in between would cost it.
  async read(id: string): Promise<SessionRecord | undefined> {
    try {
      return this.#living(id, await this.#items.read(id));
    } catch (cause) {
      throw sessionErrorOf(cause);
    }
  }

  create(record: NewSession): Promise<SessionRecord> {
    return this.#guard(async () => {
      const item = toItem(record, this.#maxBytes);
      await this.#owners.add(item);
      return this.#written(record, await this.#items.write(item, { type: 'absent' }, this.#clock.now()));
    });
  }

  write(record: SessionRecord): Promise<SessionRecord> {
    return this.#guard(async () => {
      const { version: _version, ...item } = { ...toItem(record, this.#maxBytes), version: record.version };
      const expected = { type: 'version', version: record.version } as const;
      const version = await this.#items.write(item, { ...expected, owner: record.owner }, this.#clock.now());
      if (version !== undefined) return { ...record, version };
      // The usual reason is another's write; the rare one, that the session changes hands.
      const before = await this.#items.read(record.id);
      if (before === undefined || before.version !== record.version || before.owner === record.owner)
        throw new SessionConflictError(record.id);
      await this.#owners.add(item);
      const moved = await this.#items.write(item, { ...expected, owner: before.owner }, this.#clock.now());
      const written = this.#written(record, moved);
      await this.#owners.remove(before);
      return written;
    });
  }

  async touch(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
  ): Promise<SessionRecord | undefined> {
    try {
      return this.#living(id, await this.#items.touch(id, times, this.#clock.now()));
    } catch (cause) {
      throw sessionErrorOf(cause);
    }
  }

  async extend(id: string, times: { readonly touchedAt: number; readonly expiresAt: number }): Promise<void> {
    try {
      await this.#items.extend(id, times, this.#clock.now());
    } catch (cause) {
      throw sessionErrorOf(cause);
    }
  }

  destroy(id: string): Promise<boolean> {
    return this.#guard(async () => {
      const item = await this.#items.remove(id);
      if (item === undefined) return false;
      await this.#owners.remove(item);
      return isLiving(item, this.#clock.now());
    });
  }

  listByOwner(
    owner: string,
    { limit, after = '' }: { readonly limit?: number; readonly after?: string } = {},
  ): Promise<SessionPage> {
    return this.#guard(() => this.#owners.list(owner, pageSize(limit), after));
  }

  destroyByOwner(owner: string, except?: string): Promise<number> {
    return this.#guard(() => this.#owners.endAll(owner, except));
  }

  scan({ limit, after }: { readonly limit?: number; readonly after?: string } = {}): Promise<SessionPage> {
    return this.#guard(async () => {
      const { items, next } = await this.#items.scan(pageSize(limit), after);
      const now = this.#clock.now();
      const sessions = items.filter((item) => isLiving(item, now)).map(toRecord);
      return { sessions, ...(next === undefined ? {} : { next }) };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #living(id: string, item: SessionItem | undefined): SessionRecord | undefined {
    if (item === undefined) return undefined;
    // The id lies inside the value too: an answer that belongs to another question is never served (R31).
    if (item.id !== id) throw new SessionOwnerError(id);
    return isLiving(item, this.#clock.now()) ? toRecord(item) : undefined;
  }

  #written(record: NewSession, version: number | undefined): SessionRecord {
    if (version === undefined) throw new SessionConflictError(record.id);
    return { ...record, version };
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw sessionErrorOf(cause);
    }
  }
}

/** Whatever failed, the session is not known: no caller may go on as if there were none (S34). */
function sessionErrorOf(cause: unknown): SessionError {
  return cause instanceof SessionError ? cause : new SessionStoreUnavailableError({ cause });
}

function pageSize(limit = PAGE.default): number {
  return Math.max(1, Math.min(limit, PAGE.most));
}
