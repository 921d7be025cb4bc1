import { type HostCookieOptions } from '../cookies/host-cookie.js';
import { type CsrfOptions } from '../csrf/csrf-protection.js';
import { type Sessions } from '../sessions.js';

/** What NestJS's browser sessions are made of. */
export interface SessionsModuleOptions {
  readonly sessions: Sessions;
  /** Secrets that sign the cookie and the anti-forgery tokens, newest first, of at least 32 characters (S36). */
  readonly keys: string | readonly string[];
  readonly cookie?: HostCookieOptions;
  readonly csrf?: Omit<CsrfOptions, 'keys'>;
}
