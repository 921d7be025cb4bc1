import { type SessionRecord } from '../session-store.js';

/** A record as it is first kept; the store numbers its versions. */
export type NewSession = Omit<SessionRecord, 'version'>;

/** A session under its id with its data as JSON text: what the two stores write and read. */
export interface SessionItem {
  readonly id: string;
  readonly owner?: string;
  readonly json: string;
  readonly version: number;
  readonly createdAt: number;
  readonly touchedAt: number;
  readonly expiresAt: number;
  readonly endsAt: number;
}

/** What the item must be for a write to go through. */
export type Expectation =
  /** Nothing that lives is there, and no grave. */
  | { readonly type: 'absent'; readonly now: number }
  /** The living item has this version and this owner. */
  | { readonly type: 'version'; readonly version: number; readonly owner: string | undefined; readonly now: number }
  /** Nothing of another owner is there, and no grave. */
  | { readonly type: 'same-owner'; readonly owner: string | undefined; readonly now: number }
  /** Anything but a grave. */
  | { readonly type: 'no-grave'; readonly now: number };

/** What one key of a store can do, each in one atomic step: nothing here spans two keys. */
export interface SessionItems {
  read(id: string): Promise<SessionItem | undefined>;
  readMany(ids: readonly string[]): Promise<SessionItem[]>;
  /** Writes where the expectation holds, and answers with the version written; undefined where it does not. */
  write(item: SessionItem, expected: Expectation): Promise<number | undefined>;
  /** Moves the times of a living item forward; answers with it. */
  touch(id: string, touchedAt: number, expiresAt: number, now: number): Promise<SessionItem | undefined>;
  /** Removes it; true where it lived. */
  remove(id: string, now: number): Promise<boolean>;
  /** Puts a grave in its place until `until`: no write goes through as long. True where it lived. */
  bury(id: string, until: number, now: number): Promise<boolean>;
}

/** The ids of a user's sessions, kept before the sessions themselves: it may name too many, never too few. */
export interface OwnerIndex {
  /** Adds an id that needs no place after `endsAt`. Answers how many ids there are now. */
  add(owner: string, id: string, endsAt: number): Promise<number>;
  /** All ids of the owner. */
  members(owner: string): Promise<string[]>;
  remove(owner: string, ids: readonly string[]): Promise<void>;
}
