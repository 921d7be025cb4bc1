import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '@lethe/kernel';
import { hostCookie, readCookie, setCookieHeader } from '../cookies/host-cookie.js';
import { type SessionRecord, type SessionStore } from '../session-store.js';
import { newSessionToken, sessionIdOf } from '../token.js';
import { settle } from '../web/callbacks.js';

/** A request as Express hands it to Passport: it leads to its response. */
export interface OAuthRequest extends IncomingMessage {
  readonly res?: ServerResponse | undefined;
}

type Stored = (error: Error | null, handle?: string) => void;
/** `ok` is the PKCE verifier where there is one, as passport-oauth2 expects it. */
type Verified = (error: Error | null, ok: never, state: unknown) => void;

export interface OAuthStateStoreOptions {
  readonly store: SessionStore;
  /** Seconds within which the user must come back; S19 asks for a short time. @default 600 */
  readonly lifetimeSeconds?: number;
  readonly clock?: Clock;
}

/** Name of the cookie that says which browser a sign-in began in, without its prefix. */
const COOKIE = 'oauth';
const REFUSED = { message: 'Unable to verify authorization request state.' };

/**
 * The state of an OAuth sign-in between leaving for the provider and coming back, for strategies of passport-oauth2
 * (option `store`): outside the process, so that the answer may arrive at any replica (S19). A state is used once, by
 * the browser it was made for, for the provider and client it was made for (RFC 9700 4.4, 4.7), and keeps the PKCE
 * verifier. It needs no session: a browser that is not signed in gets no session by setting out to.
 */
export class OAuthStateStore {
  readonly #store: SessionStore;
  readonly #lifetimeMs: number;
  readonly #clock: Clock;

  constructor({ store, lifetimeSeconds = 600, clock = systemClock }: OAuthStateStoreOptions) {
    this.#store = store;
    this.#lifetimeMs = lifetimeSeconds * 1000;
    this.#clock = clock;
  }

  /** Called by passport-oauth2, which counts the parameters to know what to pass. */
  store(request: OAuthRequest, callback: Stored): void;
  store(request: OAuthRequest, meta: object, callback: Stored): void;
  store(request: OAuthRequest, verifier: unknown, state: unknown, meta: object, callback: Stored): void;
  store(request: OAuthRequest, verifier: unknown, state?: unknown, meta?: object, callback?: Stored): void {
    settle(this.#begin(request, { verifier, state, meta }), (error, handle) => {
      callback?.(asError(error), handle);
    });
  }

  /** Called by passport-oauth2, which counts the parameters to know what to pass. */
  verify(request: OAuthRequest, handle: string, callback: Verified): void;
  verify(request: OAuthRequest, handle: string, meta: object, callback: Verified): void;
  verify(request: OAuthRequest, handle: string, meta: object | Verified, callback?: Verified): void {
    settle(this.#finish(request, handle, meta), (error, data) => {
      // Its types say boolean, yet passport-oauth2 takes the PKCE verifier from here.
      const ok = (data === undefined ? false : (data['verifier'] ?? true)) as never;
      callback?.(asError(error), ok, data === undefined ? REFUSED : data['state']);
    });
  }

  async #begin(request: OAuthRequest, data: Record<string, unknown>): Promise<string> {
    const { res } = request;
    if (res === undefined) throw new TypeError('the request does not lead to its response');
    const cookie = hostCookie({ name: COOKIE, maxAgeSeconds: this.#lifetimeMs / 1000 });
    // A second sign-in in another tab must not take the first one's browser away.
    const agent = readCookie(request.headers.cookie, cookie.name) ?? newSessionToken();
    const handle = newSessionToken();
    const now = this.#clock.now();
    const endsAt = now + this.#lifetimeMs;
    await this.#store.create({
      id: sessionIdOf(handle),
      data: { ...data, agent: sessionIdOf(agent) },
      createdAt: now,
      touchedAt: now,
      expiresAt: endsAt,
      endsAt,
    });
    res.appendHeader('set-cookie', setCookieHeader(cookie, agent));
    return handle;
  }

  async #finish(request: OAuthRequest, handle: string, meta: object): Promise<SessionRecord['data'] | undefined> {
    const agent = readCookie(request.headers.cookie, hostCookie({ name: COOKIE }).name);
    if (agent === undefined || typeof handle !== 'string') return undefined;
    const id = sessionIdOf(handle);
    const record = await this.#store.read(id);
    if (record === undefined || record.data['agent'] !== sessionIdOf(agent)) return undefined;
    if (JSON.stringify(record.data['meta']) !== JSON.stringify(meta)) return undefined;
    // Whoever ends it has it: of two answers with one state, one goes on.
    return (await this.#store.destroy(id)) ? record.data : undefined;
  }
}

function asError(error: unknown): Error | null {
  if (error === null || error === undefined) return null;
  return error instanceof Error ? error : new TypeError('the session store failed');
}
