import { randomBytes } from 'node:crypto';
import { type SigningKeys } from '../cookies/signing-keys.js';
import { type CheckedRequest, headerOf, originOf } from './request-origin.js';

export interface CsrfOptions {
  readonly keys: SigningKeys;
  /** Further origins whose pages may send requests, such as `https://admin.example.com`. */
  readonly trustedOrigins?: readonly string[];
  /**
   * What a form of the application must bring. `token`: the anti-forgery token. `same-origin`: the browser's own word
   * that it comes from here, for applications whose forms have no token yet. @default 'token'
   */
  readonly forms?: 'token' | 'same-origin';
}

/** Why a request was refused. */
export type CsrfFault = 'foreign-origin' | 'wrong-token' | 'token-required';

/** Header that brings the token; any page of the application may set it, no foreign one without a CORS preflight. */
export const CSRF_HEADER = 'x-csrf-token';
/** Field of a form that brings the token. */
export const CSRF_FIELD = '_csrf';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** Methods a foreign page may send without a CORS preflight (Fetch 2.2.1); of these POST alone is unsafe. */
const WITHOUT_PREFLIGHT = new Set(['GET', 'HEAD', 'POST']);
/** Media types a foreign form may send without a CORS preflight (Fetch 2.2.2). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);

/**
 * Protection of cookie-authenticated mutations against requests that another site makes the browser send (S35; ASVS
 * 3.5.1-3.5.3): a foreign origin is always refused; then a good token is enough, and without one the request must be of
 * a kind that no foreign page can send without a preflight. Tokens are signed, bound to the session, and kept nowhere.
 */
export class CsrfProtection {
  readonly #keys: SigningKeys;
  readonly #trusted: ReadonlySet<string>;
  readonly #attestedForms: boolean;

  constructor({ keys, trustedOrigins = [], forms = 'token' }: CsrfOptions) {
    this.#keys = keys;
    this.#trusted = new Set(trustedOrigins);
    this.#attestedForms = forms === 'same-origin';
  }

  /** A token for the forms of one session, fresh each time so that compression betrays nothing of it (BREACH). */
  token(sessionId: string): string {
    const nonce = randomBytes(16).toString('base64url');
    return this.#keys.sign(purposeOf(sessionId), nonce);
  }

  /** Why this request is refused; undefined when it may proceed. `token` is what its form or header brought. */
  fault(request: CheckedRequest, sessionId: string, formToken?: string): CsrfFault | undefined {
    const method = request.method ?? 'GET';
    if (SAFE.has(method)) return undefined;
    const origin = originOf(request, this.#trusted);
    if (origin === 'foreign') return 'foreign-origin';
    const token = headerOf(request, CSRF_HEADER) ?? formToken;
    if (token !== undefined)
      return this.#keys.open(purposeOf(sessionId), token) === undefined ? 'wrong-token' : undefined;
    if (!WITHOUT_PREFLIGHT.has(method) || !isFormType(headerOf(request, 'content-type'))) return undefined;
    return this.#attestedForms && origin === 'same' ? undefined : 'token-required';
  }
}

function purposeOf(sessionId: string): string {
  return `csrf ${sessionId}`;
}

/** Whether a foreign form could have sent this media type; a request without one may come from anywhere. */
function isFormType(contentType: string | undefined): boolean {
  return contentType === undefined || FORM_TYPES.has((contentType.split(';')[0] ?? '').trim().toLowerCase());
}
