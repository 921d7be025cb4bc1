import { type SessionData, Store } from 'express-session';
import { type Callback, settle } from '../web/callbacks.js';
import { type NamedSession, type WebSession, type WebSessionStore } from '../web/web-session.js';
import { WebSessions, type WebSessionsOptions } from '../web/web-sessions.js';

/**
 * A store for express-session that behaves as its MemoryStore does, outside the process: sessions end to the
 * millisecond, `touch` moves only the cookie, `all` leaves out what has ended, callbacks come from the event loop.
 *
 * It differs where MemoryStore is unsafe. Parallel saves of one session keep each other's keys. A save does not bring
 * back a session that was destroyed meanwhile. `all` names sessions by handles that `destroy` takes, because ids are
 * kept as hashes alone. It never says `disconnect`, which would let requests pass as anonymous: while the store is down
 * they fail, with status 503 (S34).
 */
export class LetheExpressStore extends Store {
  readonly #sessions: WebSessionStore;

  /** Takes the store and its policy, or sessions that are made already, such as a bridge's. */
  constructor(sessions: WebSessionsOptions | WebSessionStore) {
    super();
    this.#sessions = 'get' in sessions ? sessions : new WebSessions(sessions);
  }

  override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    settle(this.#sessions.get(sid), (error, session) => callback(error, isSessionData(session) ? session : undefined));
  }

  override set(sid: string, session: SessionData, callback?: (error?: unknown) => void): void {
    settle(this.#sessions.set(sid, session), callback);
  }

  override touch(sid: string, session: SessionData, callback?: (error?: unknown) => void): void {
    settle(this.#sessions.touch(sid, session), callback);
  }

  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    settle(this.#sessions.destroy(sid), callback);
  }

  override all(callback: (error: unknown, sessions?: Record<string, SessionData> | null) => void): void {
    settle(collect(this.#sessions.all()), callback);
  }

  override length(callback: (error: unknown, length?: number) => void): void {
    settle(
      collect(this.#sessions.all()).then((sessions) => Object.keys(sessions).length),
      callback,
    );
  }

  override clear(callback?: Callback<void>): void {
    settle(this.#sessions.clear(), callback);
  }

  /** Called by express-session with what `get` answered: the request's session is made of it. */
  override createSession(request: Parameters<Store['createSession']>[0], session: SessionData) {
    const made = super.createSession(request, session);
    this.#sessions.link(made, session);
    return made;
  }
}

async function collect(sessions: AsyncIterable<NamedSession>): Promise<Record<string, SessionData>> {
  const collected = Object.create(null) as Record<string, SessionData>;
  for await (const { sid, session } of sessions) if (isSessionData(session)) collected[sid] = session;
  return collected;
}

/** A stored session is what MemoryStore keeps: the JSON of the SessionData that the application saved. */
function isSessionData(session: WebSession | undefined): session is WebSession & SessionData {
  return session !== undefined;
}
