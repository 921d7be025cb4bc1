import { type Clock } from '@lethe/kernel';
import { OldPlaceError } from '../sessions.errors.js';
import { isRecord } from '../web/is-record.js';
import { cookieEnd } from '../web/web-cookie.js';
import { type NamedSession, type WebSession, toWebSession } from '../web/web-session.js';
import { type OldStore } from './old-store.js';

type Answer<T> = (error: unknown, value?: T) => void;

/**
 * The place that sessions move away from, in promises. What a store says of a missing session (nothing, null, ENOENT)
 * is one thing here; marks that a store puts into sessions for itself are left behind. Throws an OldPlaceError where
 * the store fails.
 */
export class OldPlace {
  readonly #store: OldStore;
  readonly #clock: Clock;

  constructor(store: OldStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The living session of this id. */
  async get(sid: string): Promise<WebSession | undefined> {
    const found = await ask<object | null>((answer) => this.#store.get(sid, answer));
    return found === undefined || found === null ? undefined : this.#living(found);
  }

  async set(sid: string, session: object): Promise<void> {
    // A store may write into what it is given: it gets a copy.
    await ask((answer) => this.#store.set(sid, toWebSession(session), answer));
  }

  async touch(sid: string, session: object): Promise<void> {
    // Stores without a touch keep a session's end by its saves alone.
    await ask((answer) => (this.#store.touch ? this.#store.touch(sid, toWebSession(session), answer) : answer(null)));
  }

  async destroy(sid: string): Promise<void> {
    await ask((answer) => this.#store.destroy(sid, answer));
  }

  /** Every living session there. Throws an OldPlaceError for a store that cannot tell. */
  async *all(): AsyncIterable<NamedSession> {
    for (const [sid, kept] of await this.#kept()) {
      const session = kept === undefined ? await this.get(sid) : this.#living(kept);
      if (session !== undefined) yield { sid, session };
    }
  }

  async #kept(): Promise<[sid: string, session?: object][]> {
    if (this.#store.all !== undefined) {
      const sessions = await ask<object | null>((answer) => this.#store.all?.(answer));
      if (Array.isArray(sessions)) return sessions.flatMap(named);
      return Object.entries(sessions ?? {}).filter(([, session]) => isRecord(session));
    }
    if (this.#store.list === undefined) throw new OldPlaceError('the old store cannot list its sessions');
    const files = await ask<readonly string[]>((answer) => this.#store.list?.(answer));
    return (files ?? []).map((file) => [file.replace(/\.json$/, '')]);
  }

  #living(found: object): WebSession | undefined {
    // session-file-store notes the last access in the session itself.
    const { __lastAccess: _, ...session } = toWebSession(found);
    const end = cookieEnd(session.cookie);
    return end !== undefined && end <= this.#clock.now() ? undefined : session;
  }
}

/** An entry of a list: it says its id itself, which is no part of the session. */
function named(entry: unknown): [string, object][] {
  if (!isRecord(entry)) return [];
  const { id, ...session } = entry;
  return typeof id === 'string' ? [[id, session]] : [];
}

/** Calls a store that answers by callback, by a promise, or by both: the callback counts. */
function ask<T>(call: (answer: Answer<T>) => unknown): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new OldPlaceError('the old session store failed', { cause }));
    const answered = call((error, value) => {
      if (error === undefined || error === null || isMissing(error)) resolve(isMissing(error) ? undefined : value);
      else fail(error);
    });
    if (answered instanceof Promise) answered.catch(fail);
  });
}

function isMissing(error: unknown): boolean {
  return isRecord(error) && error['code'] === 'ENOENT';
}
