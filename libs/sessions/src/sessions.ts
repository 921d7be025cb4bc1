import { type Clock, fullJitter, pause, systemClock } from '@lethe/kernel';
import { type SessionPage, type SessionRecord, type SessionStore } from './session-store.js';
import { SessionConflictError, SessionOwnerError } from './sessions.errors.js';
import { newSessionToken, sessionIdOf } from './token.js';

/** A session's data, as JSON keeps them. */
export type SessionData = Readonly<Record<string, unknown>>;

/** A session and the secret that opens it. */
export interface OpenedSession {
  /** For the cookie alone: whoever has it has the session. */
  readonly token: string;
  readonly session: SessionRecord;
}

/** How {@link Sessions} lets sessions live and end. */
export interface SessionsOptions {
  readonly store: SessionStore;
  /** Seconds without a request after which a session ends. */
  readonly idleSeconds: number;
  /** Seconds after which a session ends however busy it is. */
  readonly absoluteSeconds: number;
  /**
   * Seconds between two touches of a busy session: a session may end by that much earlier than `idleSeconds` after its
   * last request. Default 0: every request touches, in the same round trip as its read.
   */
  readonly touchEverySeconds?: number;
  readonly clock?: Clock;
  /** Told when a store answered with another's session: worth an alarm. Must not throw. */
  readonly onMixUp?: (error: SessionOwnerError) => void;
}

/** Tries of one update against others' writes: each round one of them gets through. */
const UPDATE_ATTEMPTS = 50;
const UPDATE_PAUSE = { base: 4, cap: 100 };

/**
 * What a session is, whatever store keeps it: a secret token, an idle and an absolute time-out (S33), a new token at
 * sign-in (S31), changes that do not overwrite each other's. It keeps nothing in the process: any replica serves any
 * session (R30). Every method throws the store's errors, a SessionStoreUnavailableError above all (S34).
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #options: SessionsOptions;
  readonly #clock: Clock;

  constructor(options: SessionsOptions) {
    this.#store = options.store;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Begins a session; without an owner it is nobody's yet. */
  async open(data: SessionData, owner?: string): Promise<OpenedSession> {
    const now = this.#clock.now();
    const token = newSessionToken();
    const endsAt = now + this.#options.absoluteSeconds * 1_000;
    const session = await this.#store.create({
      id: sessionIdOf(token),
      ...(owner === undefined ? {} : { owner }),
      data,
      createdAt: now,
      touchedAt: now,
      expiresAt: this.#idleEnd(now, endsAt),
      endsAt,
    });
    return { token, session };
  }

  /**
   * The living session of a token, its idle time begun anew; undefined where there is none. Who knows from elsewhere
   * whose it must be names the owner: another's counts as none, and is told to `onMixUp`.
   */
  async find(token: string, owner?: string): Promise<SessionRecord | undefined> {
    const id = sessionIdOf(token);
    try {
      const session = await this.#seen(id);
      if (session !== undefined && owner !== undefined && session.owner !== owner) throw new SessionOwnerError(id);
      return session;
    } catch (error) {
      return this.#noSession(error);
    }
  }

  /**
   * Changes a session's data by a function of the data as they are: where somebody else writes in between, it is asked
   * again with the newer data, so that parallel requests never undo each other's changes. It must be free of effects.
   *
   * @throws SessionConflictError where others keep writing; undefined is answered where the session is gone.
   */
  async update(token: string, change: (data: SessionData) => SessionData): Promise<SessionRecord | undefined> {
    const id = sessionIdOf(token);
    for (let attempt = 1; ; attempt += 1) {
      const session = await this.#read(id);
      if (session === undefined) return undefined;
      const now = this.#clock.now();
      try {
        return await this.#store.write({
          ...session,
          data: change(session.data),
          touchedAt: Math.max(now, session.touchedAt),
          expiresAt: Math.max(this.#idleEnd(now, session.endsAt), session.expiresAt),
        });
      } catch (error) {
        if (!(error instanceof SessionConflictError) || attempt === UPDATE_ATTEMPTS) throw error;
        await pause(fullJitter(attempt, UPDATE_PAUSE));
      }
    }
  }

  /**
   * Gives a session a new token, and an owner, at sign-in and whenever privileges change: a token planted or seen
   * before is worth nothing (S31). The time-outs begin anew. Undefined where the session is gone.
   */
  async rotate(
    token: string,
    owner: string,
    change: (data: SessionData) => SessionData = (data) => data,
  ): Promise<OpenedSession | undefined> {
    const id = sessionIdOf(token);
    const session = await this.#read(id);
    if (session === undefined) return undefined;
    // The old one ends first: a crash in between costs a sign-in, the other order would leave two ways in.
    if (!(await this.#store.destroy(id))) return undefined;
    return this.open(change(session.data), owner);
  }

  /** Ends the session of a token; false where there was none. */
  end(token: string): Promise<boolean> {
    return this.#store.destroy(sessionIdOf(token));
  }

  /** A user's living sessions. Their `id`s may be shown; see {@link endOne}. */
  list(owner: string, page?: { readonly limit?: number; readonly after?: string }): Promise<SessionPage> {
    return this.#store.listByOwner(owner, page);
  }

  /** Ends one of a user's sessions by the id that {@link list} shows; false where the user has no such session. */
  async endOne(owner: string, id: string): Promise<boolean> {
    const session = await this.#read(id);
    return session?.owner === owner && this.#store.destroy(id);
  }

  /** Ends all sessions of a user, but for the one of the token `except`; answers how many. */
  endAll(owner: string, except?: string): Promise<number> {
    return this.#store.destroyByOwner(owner, except === undefined ? undefined : sessionIdOf(except));
  }

  async #seen(id: string): Promise<SessionRecord | undefined> {
    const every = (this.#options.touchEverySeconds ?? 0) * 1_000;
    if (every === 0) return this.#touch(id);
    const session = await this.#store.read(id);
    if (session === undefined || this.#clock.now() - session.touchedAt < every) return session;
    return this.#touch(id);
  }

  #touch(id: string): Promise<SessionRecord | undefined> {
    const now = this.#clock.now();
    return this.#store.touch(id, { touchedAt: now, expiresAt: now + this.#options.idleSeconds * 1_000 });
  }

  async #read(id: string): Promise<SessionRecord | undefined> {
    try {
      return await this.#store.read(id);
    } catch (error) {
      return this.#noSession(error);
    }
  }

  #noSession(error: unknown): undefined {
    if (!(error instanceof SessionOwnerError)) throw error;
    this.#options.onMixUp?.(error);
    return undefined;
  }

  #idleEnd(now: number, endsAt: number): number {
    return Math.min(now + this.#options.idleSeconds * 1_000, endsAt);
  }
}
