import type fastifySession from '@fastify/session';
import type { Session } from 'fastify';
import { settle } from '../web/callbacks.js';
import { type WebSession, type WebSessionStore } from '../web/web-session.js';
import { WebSessions, type WebSessionsOptions } from '../web/web-sessions.js';
import { ORIGIN, SessionOrigin } from './session-origin.js';

/**
 * A store for @fastify/session, outside the process. Parallel saves of one session keep each other's keys, and a save
 * does not bring back a session that was destroyed meanwhile. While the store is down, requests that bring a session
 * fail with status 503 (S34).
 */
export class LetheFastifyStore implements fastifySession.SessionStore {
  readonly #sessions: WebSessionStore;

  /** Takes the store and its policy, or sessions that are made already, such as a bridge's. */
  constructor(sessions: WebSessionsOptions | WebSessionStore) {
    this.#sessions = 'get' in sessions ? sessions : new WebSessions(sessions);
  }

  get(sid: string, callback: (error: unknown, session?: Session | null) => void): void {
    settle<Session | undefined>(
      this.#sessions.get(sid).then((session) => (session === undefined ? undefined : withOrigin(session))),
      callback,
    );
  }

  set(sid: string, session: Session, callback: (error?: unknown) => void): void {
    this.#linkToOrigin(session);
    settle(this.#sessions.set(sid, session), callback);
  }

  destroy(sid: string, callback: (error?: unknown) => void): void {
    settle(this.#sessions.destroy(sid), callback);
  }

  #linkToOrigin(session: object): void {
    const origin: unknown = Reflect.get(session, ORIGIN);
    if (!(origin instanceof SessionOrigin)) return;
    // Once: from then on it is known what was saved last.
    Reflect.deleteProperty(session, ORIGIN);
    this.#sessions.link(session, origin.session);
  }
}

/** A stored session is the JSON of the session that the application saved. */
function withOrigin(session: WebSession): Session {
  const marked: object = { ...session, [ORIGIN]: new SessionOrigin(session) };
  return marked as Session;
}
