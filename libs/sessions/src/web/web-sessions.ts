import { fullJitter, pause } from '@lethe/kernel';
import { type SessionRecord, type SessionStore } from '../session-store.js';
import { SessionConflictError, SessionOwnerError } from '../sessions.errors.js';
import { sessionIdOf } from '../token.js';
import { Baselines } from './baselines.js';
import { applyChanges, changesBetween } from './session-changes.js';
import { WebPolicy, type WebPolicyOptions } from './web-policy.js';
import { factsOf, isSameButForEnd } from './web-cookie.js';
import { endedData, isEnded, sessionOf, webDataOf } from './web-record.js';
import { type NamedSession, type WebSession, type WebSessionStore, toWebSession } from './web-session.js';

export interface WebSessionsOptions extends WebPolicyOptions {
  readonly store: SessionStore;
  /** Told when the store answered with somebody else's session, which then counts as none. It must not throw. */
  readonly onMixUp?: (error: SessionOwnerError) => void;
}

/** Begins the name of a session in `all`, where its id is not known: good for `destroy`, and for nothing else. */
const HANDLE = 'lethe:';
/** Tries of a save that others' saves of the same session get in the way of: enough for 50 at once. */
const ATTEMPTS = 20;
/** Between two tries, in milliseconds: those that meet once are not to meet again (R06). */
const BACKOFF = { base: 2, cap: 100 };

/**
 * The sessions of a web middleware in a {@link SessionStore}: what express-session's MemoryStore does, in promises.
 *
 * A save writes what has changed since the session was read, key by key at the top, onto what is kept by then: parallel
 * requests that change different keys both stay, and of two that change the same key the later one does. A session that
 * was destroyed meanwhile is not brought back by a save. A set of an object that did not come from `get` replaces all.
 *
 * Every method throws a SessionStoreUnavailableError while the store is down (S34), `set` a SessionTooLargeError.
 */
export class WebSessions implements WebSessionStore {
  readonly policy: WebPolicy;
  readonly #store: SessionStore;
  readonly #baselines = new Baselines();
  readonly #onMixUp: (error: SessionOwnerError) => void;

  constructor(options: WebSessionsOptions) {
    this.policy = new WebPolicy(options);
    this.#store = options.store;
    this.#onMixUp = options.onMixUp ?? (() => undefined);
  }

  async get(sid: string): Promise<WebSession | undefined> {
    const record = await this.#read(sid);
    return record === undefined || isEnded(record) ? undefined : this.#handOut(sid, record);
  }

  /** As `get`, and whether the session is known to have ended; see {@link end}. */
  async find(sid: string): Promise<WebSession | 'ended' | undefined> {
    const record = await this.#read(sid);
    if (record === undefined) return undefined;
    return isEnded(record) ? 'ended' : this.#handOut(sid, record);
  }

  async set(sid: string, session: object): Promise<void> {
    const next = toWebSession(session);
    const baseline = this.#baselines.of(session, sid);
    const { cookie: _, ...seen } = next;
    const changes = changesBetween(baseline?.seen ?? {}, seen);
    const kept = await (baseline === undefined
      ? this.#begin(sid, next)
      : this.#write(sid, baseline.record, (values) => ({ ...applyChanges(values, changes), cookie: next.cookie })));
    if (kept !== undefined) this.#baselines.remember(session, { sid, seen, record: kept });
  }

  async touch(sid: string, session: object): Promise<void> {
    const facts = factsOf('cookie' in session ? session.cookie : undefined);
    const record = this.#baselines.of(session, sid)?.record ?? (await this.#read(sid));
    if (record === undefined || isEnded(record)) return;
    const expiresAt = this.policy.end(facts, record.endsAt);
    const gained = expiresAt - record.expiresAt;
    // A store moves an end forward only: an earlier one, or another cookie, is a write.
    if (gained < 0 || !isSameButForEnd(facts, webDataOf(record).cookie)) {
      const { cookie } = toWebSession({ cookie: facts });
      await this.#write(sid, record, (values) => ({ ...values, cookie }));
    } else if (this.policy.isWorthTouching(gained, expiresAt)) {
      await this.#store.extend(record.id, { touchedAt: this.policy.clock.now(), expiresAt });
    }
  }

  async destroy(sid: string): Promise<void> {
    await this.#store.destroy(storedIdOf(sid));
  }

  async *all(): AsyncIterable<NamedSession> {
    for await (const record of this.#scan()) {
      if (!isEnded(record)) yield { sid: `${HANDLE}${record.id}`, session: sessionOf(record) };
    }
  }

  async clear(): Promise<void> {
    for await (const { id } of this.#scan()) await this.#store.destroy(id);
  }

  link(made: object, from: object): void {
    this.#baselines.link(made, from);
  }

  /** Whether this object was made from what the store held of this session. */
  knows(session: object, sid: string): boolean {
    return this.#baselines.of(session, sid) !== undefined;
  }

  /** Keeps a session that comes from elsewhere, unless its id is known here; what then is known is the answer. */
  async adopt(sid: string, session: WebSession): Promise<WebSession | 'ended' | undefined> {
    const record = this.policy.begin(sid, session);
    if (record.expiresAt <= record.createdAt) return undefined;
    try {
      return this.#handOut(sid, await this.#store.create(record));
    } catch (error) {
      if (!(error instanceof SessionConflictError)) throw error;
      return this.find(sid);
    }
  }

  /** Ends a session and remembers that it ended until `until` (epoch ms), so that no older copy is adopted later. */
  async end(sid: string, until: number): Promise<void> {
    const now = this.policy.clock.now();
    const id = storedIdOf(sid);
    const grave = { id, data: endedData(), createdAt: now, touchedAt: now, expiresAt: until, endsAt: until };
    for (let attempt = 1; ; attempt += 1) {
      // What is there goes first: a record can change its owner only by ending.
      await this.#store.destroy(id);
      if (until <= now) return;
      try {
        await this.#store.create(grave);
        return;
      } catch (error) {
        if (!(error instanceof SessionConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Keeps a whole session; one that ended stays ended. */
  async #begin(sid: string, session: WebSession): Promise<SessionRecord | undefined> {
    const record = this.policy.begin(sid, session);
    if (record.expiresAt <= record.createdAt) {
      await this.destroy(sid);
      return undefined;
    }
    try {
      return await this.#store.create(record);
    } catch (error) {
      if (!(error instanceof SessionConflictError)) throw error;
      return this.#write(sid, await this.#read(sid), () => session);
    }
  }

  /** Writes a change onto a record; where others wrote first, onto theirs. Nothing where it is gone by then. */
  async #write(
    sid: string,
    record: SessionRecord | undefined,
    change: (values: Readonly<Record<string, unknown>>) => WebSession,
  ): Promise<SessionRecord | undefined> {
    let current = record;
    for (let attempt = 1; current !== undefined && !isEnded(current); attempt += 1) {
      const next = this.policy.replace(current, change(webDataOf(current).values));
      if (next.expiresAt <= next.touchedAt) {
        await this.destroy(sid);
        return undefined;
      }
      try {
        return await this.#store.write(next);
      } catch (error) {
        if (!(error instanceof SessionConflictError) || attempt === ATTEMPTS) throw error;
        await pause(fullJitter(attempt, BACKOFF));
        current = await this.#read(sid);
      }
    }
    return undefined;
  }

  async #read(sid: string): Promise<SessionRecord | undefined> {
    const id = sessionIdOf(sid);
    try {
      const record = await this.#store.read(id);
      if (record === undefined || isEnded(record) || this.policy.isConsistent(record)) return record;
      throw new SessionOwnerError(id);
    } catch (error) {
      if (!(error instanceof SessionOwnerError)) throw error;
      this.#onMixUp(error);
      return undefined;
    }
  }

  #handOut(sid: string, record: SessionRecord): WebSession {
    const session = sessionOf(record);
    this.#baselines.remember(session, { sid, seen: webDataOf(record).values, record });
    return session;
  }

  async *#scan(): AsyncIterable<SessionRecord> {
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await this.#store.scan({ limit: 100, ...(after === undefined ? {} : { after }) });
      yield* page.sessions;
      after = page.next;
    }
  }
}

/** The id that the store knows a session by, from its own id or from the handle that `all` names it by. */
function storedIdOf(sid: string): string {
  return sid.startsWith(HANDLE) ? sid.slice(HANDLE.length) : sessionIdOf(sid);
}
