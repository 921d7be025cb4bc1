import { type Clock, systemClock } from '@lethe/kernel';
import { type SessionRecord } from '../session-store.js';
import { sessionIdOf } from '../token.js';
import { dataOf, webDataOf } from './web-record.js';
import { type WebCookie, type WebSession, cookieEnd, isRecord } from './web-session.js';

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
  readonly #absoluteMs: number;
  readonly #ownerOf: (session: WebSession) => string | undefined;

  constructor(options: WebPolicyOptions) {
    this.clock = options.clock ?? systemClock;
    this.#idleMs = (options.idleSeconds ?? DAY) * 1000;
    this.#absoluteMs = (options.absoluteSeconds ?? 400 * DAY) * 1000;
    this.#ownerOf = options.ownerOf ?? passportUserOf;
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
  end(cookie: WebCookie, endsAt: number): number {
    return Math.min(cookieEnd(cookie) ?? this.clock.now() + this.#idleMs, endsAt);
  }

  /** Whether the record's owner is the one that its values speak of. */
  isConsistent(record: SessionRecord): boolean {
    const { cookie, values } = webDataOf(record);
    return this.#ownerOf({ ...values, cookie }) === record.owner;
  }

  #state(session: WebSession, endsAt: number) {
    const owner = this.#ownerOf(session);
    return {
      ...(owner === undefined ? {} : { owner }),
      data: dataOf(session),
      touchedAt: this.clock.now(),
      expiresAt: this.end(session.cookie, endsAt),
    };
  }
}

function passportUserOf({ passport }: WebSession): string | undefined {
  const user = isRecord(passport) ? passport['user'] : undefined;
  return typeof user === 'string' || typeof user === 'number' ? String(user) : undefined;
}
