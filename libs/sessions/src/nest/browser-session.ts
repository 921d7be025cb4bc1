import { type CsrfProtection } from '../csrf/csrf-protection.js';
import { type SessionRecord } from '../session-store.js';
import { type OpenedSession, type SessionData, type Sessions } from '../sessions.js';

/** The cookie of one request's answer. */
export interface SessionCookie {
  /** Gives the browser a session's token. */
  give(token: string): void;
  /** Takes the cookie back. */
  takeBack(): void;
}

/** What a {@link BrowserSession} works with. */
export interface BrowserSessionParts {
  readonly sessions: Sessions;
  readonly csrf: CsrfProtection;
  readonly cookie: SessionCookie;
}

/** A session and the secret that opens it; none where the browser brought none that lives. */
export type FoundSession = OpenedSession | undefined;

/**
 * The session of the browser that sent this request. It lives for the request alone: what it knows is in the store.
 * Its methods set the cookie of the answer as needed, and throw a SessionStoreUnavailableError while the store is down.
 */
export class BrowserSession {
  readonly #parts: BrowserSessionParts;
  #found: FoundSession;

  constructor(parts: BrowserSessionParts, found: FoundSession) {
    this.#parts = parts;
    this.#found = found;
  }

  /** What is kept; undefined where there is no session. Its `id` may be shown: it opens nothing. */
  get record(): SessionRecord | undefined {
    return this.#found?.session;
  }

  /** Who is signed in. */
  get owner(): string | undefined {
    return this.#found?.session.owner;
  }

  /** The session's data; empty where there is none. */
  get data(): SessionData {
    return this.#found?.session.data ?? {};
  }

  /** Changes the data by a function of them, and begins a session where there is none. See {@link Sessions.update}. */
  async update(change: (data: SessionData) => SessionData): Promise<void> {
    if (this.#found !== undefined) {
      const { token } = this.#found;
      const session = await this.#parts.sessions.update(token, change);
      this.#found = session === undefined ? undefined : { token, session };
    }
    if (this.#found === undefined) this.#use(await this.#parts.sessions.open(change({})));
  }

  /** Signs a user in: the session gets a new id, the old one ends (S31). The data stay, as `change` makes them. */
  async signIn(owner: string, change: (data: SessionData) => SessionData = (data) => data): Promise<void> {
    const found = this.#found;
    const rotated = found === undefined ? undefined : await this.#parts.sessions.rotate(found.token, owner, change);
    this.#use(rotated ?? (await this.#parts.sessions.open(change({}), owner)));
  }

  /** Ends the session and takes the cookie back. */
  async end(): Promise<void> {
    if (this.#found !== undefined) await this.#parts.sessions.end(this.#found.token);
    this.#found = undefined;
    this.#parts.cookie.takeBack();
  }

  /** An anti-forgery token for this session's forms; begins a session where there is none, to bind it to (S35). */
  async csrfToken(): Promise<string> {
    const { session } = this.#found ?? this.#use(await this.#parts.sessions.open({}));
    return this.#parts.csrf.token(session.id);
  }

  #use(opened: OpenedSession): OpenedSession {
    this.#parts.cookie.give(opened.token);
    this.#found = opened;
    return opened;
  }
}
