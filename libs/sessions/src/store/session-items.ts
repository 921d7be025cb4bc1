import { type SessionRecord } from '../session-store.js';

/** A record as it is first kept; the store numbers its versions. */
export type NewSession = Omit<SessionRecord, 'version'>;

/** A session under its id with its data as JSON text: what the stores write and read. */
export interface SessionItem extends Omit<SessionRecord, 'data'> {
  readonly json: string;
}

/** What must lie under an id for a write to go through. `now` is the writer's. */
export type Expectation =
  /** Nothing that lives. */
  | { readonly type: 'absent' }
  /** The living session of this version and owner. */
  | { readonly type: 'version'; readonly version: number; readonly owner: string | undefined };

/** What a store can do with one key, each in one atomic step: no step spans two keys, so any cluster can serve it. */
export interface SessionItems {
  /** The item, living or not: its reader judges. */
  read(id: string): Promise<SessionItem | undefined>;
  /** As `read`, of at most 100 ids, in any order; missing ones are left out. */
  readMany(ids: readonly string[]): Promise<SessionItem[]>;
  /** Writes where the expectation holds, and answers with the new version; undefined where it does not. */
  write(item: Omit<SessionItem, 'version'>, expected: Expectation, now: number): Promise<number | undefined>;
  /** Moves the times of a living item forward; answers with it, or undefined where none lives. */
  touch(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
  ): Promise<SessionItem | undefined>;
  /** As `touch`, without an answer. */
  extend(id: string, times: { readonly touchedAt: number; readonly expiresAt: number }, now: number): Promise<void>;
  /** Removes it, and answers with what was there. */
  remove(id: string): Promise<SessionItem | undefined>;
  /**
   * Puts a grave in the place of the owner's session, or of nothing: until `until` no session comes there. Answers with
   * the item that was there, or `not-theirs` where another's is, which stays.
   */
  bury(id: string, owner: string, until: number, now: number): Promise<SessionItem | 'not-theirs' | undefined>;
  /** Some items, and where to go on. */
  scan(limit: number, after: string | undefined): Promise<{ readonly items: SessionItem[]; readonly next?: string }>;
}

/**
 * The ids of a user's sessions. An id is added before its session is written and removed after that is gone: the index
 * may name too many, never too few.
 */
export interface OwnerIndex {
  /** Adds an id, to be kept at least until `endsAt`, and answers how many there are now. */
  add(owner: string, id: string, endsAt: number, now: number): Promise<number>;
  /** All ids, with the time at which each was added. */
  members(owner: string): Promise<ReadonlyMap<string, number>>;
  remove(owner: string, ids: readonly string[]): Promise<void>;
}
