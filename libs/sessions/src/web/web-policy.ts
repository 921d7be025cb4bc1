import { type Clock, systemClock } from '@lethe/kernel';
import { type SessionRecord } from '../session-store.js';
import { sessionIdOf } from '../token.js';
import { dataOf, webDataOf } from './web-record.js';
import { isRecord } from './is-record.js';
import { cookieEnd } from './web-cookie.js';
import { type WebSession } from './web-session.js';

export interface WebPolicyOptions {
  /**
   * Seconds without a request after which a session ends whose cookie has no end of its own. MemoryStore keeps such a
   * session until the process dies. @default 86,400, as connect-redis
   */
  readonly idleSeconds?: number;
  /**
   * Seconds after which a session ends however busy it is (S33). @default 400 days: no browser keeps a cookie longer
   * (RFC 6265bis 5.5), so that the default signs nobody out
   */
  readonly absoluteSeconds?: number;
  /**
   * Seconds by which a touch must move a session's end for it to be written: a session may end so much earlier than its
   * cookie says (never by more than half of its life), and a busy one is written once in that time. @default 0: every touch counts, as in MemoryStore
   */
  readonly touchEverySeconds?: number;
  /**
   * Whose a session is, for listing and ending a user's sessions; checked on every read.
   * @default the user that Passport put there, where that is a text or a number
   */
  readonly ownerOf?: (session: WebSession) => string | undefined;
  readonly clock?: Clock;
}

const DAY = 86_400;

/** Whose a web session is and when it ends, by its cookie and the options. Times in epoch milliseconds. */
export class WebPolicy {
  readonly clock: Clock;
  readonly #idleMs: number;
  readonly #touchEveryMs: number;
  readonly #absoluteMs: number;
  readonly #ownerOf: ((session: WebSession) => string | undefined) | undefined;

  constructor(options: WebPolicyOptions) {
    this.clock = options.clock ?? systemClock;
    this.#idleMs = (options.idleSeconds ?? DAY) * 1000;
    this.#absoluteMs = (options.absoluteSeconds ?? 400 * DAY) * 1000;
    this.#touchEveryMs = (options.touchEverySeconds ?? 0) * 1000;
    this.#ownerOf = options.ownerOf;
  }

  /** A record for a session that is new to the store. */
  begin(sid: string, session: WebSession): Omit<SessionRecord, 'version'> {
    const createdAt = this.clock.now();
    const endsAt = createdAt + this.#absoluteMs;
    return { id: sessionIdOf(sid), createdAt, endsAt, ...this.#state(session, endsAt) };
  }

  /** The record with a session's values and cookie in place of its own. */
  replace(record: SessionRecord, session: WebSession): SessionRecord {
    const { id, version, createdAt, endsAt } = record;
    return { id, version, createdAt, endsAt, ...this.#state(session, endsAt) };
  }

  /** When a session with this cookie ends if nobody touches it. */
  end(cookie: Readonly<Record<string, unknown>>, endsAt: number): number {
    return Math.min(cookieEnd(cookie) ?? this.clock.now() + this.#idleMs, endsAt);
  }

  /** Whether a touch counts that gains so many ms; where little is left until the new end, half of that does. */
  isWorthTouching(gained: number, end: number): boolean {
    return gained >= Math.min(this.#touchEveryMs, (end - this.clock.now()) / 2);
  }

  /** Whether the record's owner is the one that its values speak of. */
  isConsistent(record: SessionRecord): boolean {
    const { cookie, values } = webDataOf(record);
    // The default needs no session made for it: every request asks.
    const owner = this.#ownerOf === undefined ? passportUserOf(values) : this.#ownerOf({ ...values, cookie });
    return owner === record.owner;
  }

  #state(session: WebSession, endsAt: number) {
    const owner = (this.#ownerOf ?? passportUserOf)(session);
    return {
      ...(owner === undefined ? {} : { owner }),
      data: dataOf(session),
      touchedAt: this.clock.now(),
      expiresAt: this.end(session.cookie, endsAt),
    };
  }
}

function passportUserOf({ passport }: Readonly<Record<string, unknown>>): string | undefined {
  const user = isRecord(passport) ? passport['user'] : undefined;
  return typeof user === 'string' || typeof user === 'number' ? String(user) : undefined;
}
