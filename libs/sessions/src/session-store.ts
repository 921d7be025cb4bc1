/**
 * A session as a store keeps it. All times in ms since the Unix epoch, by the clock of whoever wrote them.
 */
export interface SessionRecord {
  /**
   * SHA-256 of the session's token ({@link sessionIdOf}): what a store knows it by. It opens nothing and may be shown,
   * as the name of one session in a list.
   */
  readonly id: string;
  /** Whose it is; none before sign-in. Kept inside the value and checked on every read. */
  readonly owner?: string;
  /** JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Goes up by one with every write of `data` or `owner`; a touch leaves it. */
  readonly version: number;
  readonly createdAt: number;
  readonly touchedAt: number;
  /** When it ends unless it is touched: exclusive. */
  readonly expiresAt: number;
  /** When it ends in any case: exclusive. */
  readonly endsAt: number;
}

/** One page of a user's sessions. */
export interface SessionPage {
  readonly sessions: readonly SessionRecord[];
  /** Where the next page begins; none after the last. */
  readonly next?: string;
}

/**
 * Where sessions are kept: outside of every process, so that all replicas see the same. All stores behave alike; one
 * contract suite holds them to it. Whether a session lives is judged by the record's own times to the millisecond,
 * never by when a store sweeps (S33).
 *
 * Every call throws a SessionStoreUnavailableError where the store cannot be reached: then nothing is known, and access
 * is denied (S34). A call that writes throws a SessionTooLargeError for a record above the store's limit.
 */
export interface SessionStore {
  /**
   * The session, where it lives.
   *
   * @throws SessionOwnerError where the value under the id is another's.
   */
  read(id: string): Promise<SessionRecord | undefined>;
  /** Keeps a new session, with version 1. @throws SessionConflictError where the id is taken, or was revoked meanwhile. */
  create(record: Omit<SessionRecord, 'version'>): Promise<SessionRecord>;
  /**
   * Replaces what is kept where its version is still the record's, and answers with the next version. A session that
   * is gone stays gone.
   *
   * @throws SessionConflictError where somebody else wrote, or ended, it in the meantime.
   */
  write(record: SessionRecord): Promise<SessionRecord>;
  /**
   * Moves the idle time-out of a living session forward, never back and never past its absolute end, and answers with
   * the session as it is then: a read and a touch in one.
   */
  touch(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
  ): Promise<SessionRecord | undefined>;
  /** As `touch`, for whoever has read the session already: it answers nothing, also where none lives. */
  extend(id: string, times: { readonly touchedAt: number; readonly expiresAt: number }): Promise<void>;
  /** Ends a session; false where there was none. */
  destroy(id: string): Promise<boolean>;
  /** A user's living sessions, in the order of their ids. At most `limit` (default 50, at most 100) a page. */
  listByOwner(owner: string, page?: { readonly limit?: number; readonly after?: string }): Promise<SessionPage>;
  /**
   * Ends every session of a user that exists when it is called, also one that is being created at that moment, but for
   * `except`. Answers how many lived.
   */
  destroyByOwner(owner: string, except?: string): Promise<number>;
  /**
   * Living sessions of all users, in no order, for the rare walk through all of them: it reads the whole store. A page
   * may be empty and still have a `next`. At most `limit` (default 50, at most 100) a page; a session that is changed
   * meanwhile may come twice.
   */
  scan(page?: { readonly limit?: number; readonly after?: string }): Promise<SessionPage>;
  /** Lets go of what the store opened itself; a connection handed to it stays its owner's. */
  close(): Promise<void>;
}
