import { type IncomingMessage, type ServerResponse } from 'node:http';
import { SigningKeys } from '../cookies/signing-keys.js';
import { CSRF_FIELD, type CsrfOptions, CsrfProtection } from '../csrf/csrf-protection.js';
import { ForgedRequestError } from '../sessions.errors.js';
import { isRecord } from '../web/is-record.js';

/** A request of Express after express-session and, where there are forms, a body parser. */
export interface SessionRequest extends IncomingMessage {
  readonly sessionID?: string;
  readonly body?: unknown;
}

/** How {@link refuseForged} protects. */
export interface RefuseForgedOptions extends Omit<CsrfOptions, 'keys'> {
  /** Secrets that sign the tokens, newest first, of at least 32 characters; express-session's may be taken (S36). */
  readonly keys: string | readonly string[];
}

/** Middleware of Express, and how its pages get their tokens. */
export interface ForgeryProtection {
  (request: SessionRequest, response: ServerResponse, next: (error?: unknown) => void): void;
  /**
   * The token for a page's forms, as a hidden field `_csrf` or for the header `x-csrf-token`. The session must be one
   * that is kept: with `saveUninitialized: false`, one that something was put into.
   */
  tokenFor(request: SessionRequest): string;
}

/** Express middleware that refuses, with status 403, what another site made the browser send (S35). */
export function refuseForged({ keys, ...options }: RefuseForgedOptions): ForgeryProtection {
  const csrf = new CsrfProtection({ ...options, keys: new SigningKeys(keys) });
  const middleware = (request: SessionRequest, _response: ServerResponse, next: (error?: unknown) => void) => {
    const field = isRecord(request.body) ? request.body[CSRF_FIELD] : undefined;
    const fault = csrf.fault(request, request.sessionID ?? '', typeof field === 'string' ? field : undefined);
    next(fault === undefined ? undefined : new ForgedRequestError(fault));
  };
  return Object.assign(middleware, { tokenFor: ({ sessionID = '' }: SessionRequest) => csrf.token(sessionID) });
}
