import { type HostCookie, hostCookie, readCookie, setCookieHeader } from '../cookies/host-cookie.js';
import { SigningKeys } from '../cookies/signing-keys.js';
import { CSRF_FIELD, type CsrfFault, CsrfProtection } from '../csrf/csrf-protection.js';
import { type CheckedRequest, headerOf } from '../csrf/request-origin.js';
import { type Sessions } from '../sessions.js';
import { isRecord } from '../web/is-record.js';
import { BrowserSession } from './browser-session.js';
import { type SessionsModuleOptions } from './sessions-options.js';

/** A request of Fastify or Express: both have these. */
export interface BrowserRequest extends CheckedRequest {
  readonly body?: unknown;
}

/** Finds the session that a request's cookie opens. The cookie is signed: a guessed one costs the store nothing. */
export class BrowserSessions {
  readonly #sessions: Sessions;
  readonly #keys: SigningKeys;
  readonly #cookie: HostCookie;
  readonly #csrf: CsrfProtection;

  /** Throws a SigningKeyError for keys that are none. */
  constructor({ sessions, keys, cookie, csrf }: SessionsModuleOptions) {
    this.#sessions = sessions;
    this.#keys = new SigningKeys(keys);
    this.#cookie = hostCookie(cookie);
    this.#csrf = new CsrfProtection({ ...csrf, keys: this.#keys });
  }

  /**
   * The session of a request; `addHeader` adds a header to its answer. Throws a SessionStoreUnavailableError while the
   * store is down: the request is refused, not anonymous (S34).
   */
  async of(request: BrowserRequest, addHeader: (name: string, value: string) => void): Promise<BrowserSession> {
    const send = (value: string) => addHeader('set-cookie', setCookieHeader(this.#cookie, value));
    const cookie = {
      give: (token: string) => send(this.#keys.sign(this.#cookie.name, token)),
      takeBack: () => send(''),
    };
    const parts = { sessions: this.#sessions, csrf: this.#csrf, cookie };
    const signed = readCookie(headerOf(request, 'cookie'), this.#cookie.name);
    const opened = signed === undefined ? undefined : this.#keys.open(this.#cookie.name, signed);
    if (opened === undefined) return new BrowserSession(parts, undefined);
    const session = await this.#sessions.find(opened.value);
    if (session === undefined) return new BrowserSession(parts, undefined);
    if (opened.stale) cookie.give(opened.value);
    return new BrowserSession(parts, { token: opened.value, session });
  }

  /** Why a request is refused as forged; undefined when it may proceed. */
  csrfFault(request: BrowserRequest, session: BrowserSession): CsrfFault | undefined {
    const field = isRecord(request.body) ? request.body[CSRF_FIELD] : undefined;
    return this.#csrf.fault(request, session.record?.id ?? '', typeof field === 'string' ? field : undefined);
  }
}
