import { isRecord } from './is-record.js';
import { type WebCookie, toWebCookie } from './web-cookie.js';

/** A session as plain JSON: what a middleware hands to a store, and gets back from it. */
export interface WebSession {
  readonly cookie: WebCookie;
  readonly [key: string]: unknown;
}

/** One kept session, and the name it is known by: a session id, or a handle where ids are not kept in the clear. */
export interface NamedSession {
  readonly sid: string;
  readonly session: WebSession;
}

/**
 * A place for the sessions of a web middleware, in promises. {@link WebSessions} keeps them outside, a bridge in two
 * places; the adapters turn either into the callbacks that their framework expects.
 */
export interface WebSessionStore {
  /** The living session of this id. */
  get(sid: string): Promise<WebSession | undefined>;
  /** Keeps a session, whole or, where it came from `get`, what has changed in it since. */
  set(sid: string, session: object): Promise<void>;
  /** Takes over the session's cookie and so its end; nothing else of it. */
  touch(sid: string, session: object): Promise<void>;
  /** Ends a session; one that does not exist is ended already. */
  destroy(sid: string): Promise<void>;
  /** Every living session, in no order. */
  all(): AsyncIterable<NamedSession>;
  clear(): Promise<void>;
  /** Says that a middleware made this object from what `get` answered, so that `set` knows what it started from. */
  link(made: object, from: object): void;
}

/** A copy as JSON keeps it: dates as text, functions and undefined gone. What cannot be JSON throws a TypeError. */
export function toWebSession(session: object): WebSession {
  const copy: unknown = JSON.parse(JSON.stringify(session));
  const record = isRecord(copy) ? copy : {};
  return { ...record, cookie: toWebCookie(record['cookie']) };
}
