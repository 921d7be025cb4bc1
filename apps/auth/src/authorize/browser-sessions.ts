import { Database } from '@lethe/database';
import {
  type CsrfFault,
  CsrfProtection,
  type OpenedSession,
  type SessionRecord,
  Sessions,
  hostCookie,
  readCookie,
  setCookieHeader,
} from '@lethe/sessions';
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_OF_BROWSER } from './authorization-code.sql.js';
import { type BrowserSignIn } from './authorization-codes.js';

/** Any page of the store may be under this origin, so that the name says whose it is. */
const COOKIE = hostCookie({ name: 'lethe-sign-in' });

/** What the sign-in page knows of a browser. */
export interface KnownBrowser {
  readonly token: string;
  readonly session: SessionRecord;
}

/**
 * Sessions of the sign-in page, on any replica (R30): of nobody until somebody signs in, then with a new id (S31). The
 * cookie opens this page alone; the API knows tokens only.
 */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly csrf: CsrfProtection,
    private readonly database: Database,
  ) {}

  async find(request: FastifyRequest): Promise<KnownBrowser | undefined> {
    const token = readCookie(request.headers.cookie, COOKIE.name);
    const session = token ? await this.sessions.find(token) : undefined;
    return token && session ? { token, session } : undefined;
  }

  /** A session of nobody. */
  begin(): Promise<OpenedSession> {
    return this.sessions.open({});
  }

  /** Somebody has signed in: their session is a new one, and the one before is gone (S31). */
  async signIn(
    browser: KnownBrowser,
    account: Pick<AccountRow, 'id' | 'session_epoch'>,
  ): Promise<{ readonly opened: KnownBrowser; readonly signIn: BrowserSignIn }> {
    const authenticatedAt = new Date();
    const data = { epoch: account.session_epoch, authenticatedAt: authenticatedAt.toISOString() };
    const opened =
      (await this.sessions.rotate(browser.token, account.id, () => data)) ??
      (await this.sessions.open(data, account.id));
    return { opened, signIn: { account, browser: opened.session.id, authenticatedAt } };
  }

  /** Who is signed in with this browser; undefined where nobody is, or what they did before has been ended. */
  async signedIn({ session }: KnownBrowser): Promise<BrowserSignIn | undefined> {
    const { owner, data, id } = session;
    const { epoch, authenticatedAt } = data;
    if (owner === undefined || typeof authenticatedAt !== 'string') return undefined;
    const [account] = await this.database.query<AccountRow>(ACCOUNT_OF_BROWSER, [owner, epoch, id]);
    return account ? { account, browser: id, authenticatedAt: new Date(authenticatedAt) } : undefined;
  }

  /** `Set-Cookie` for a session. */
  cookie({ token }: KnownBrowser): string {
    return setCookieHeader(COOKIE, token);
  }

  /** The anti-forgery token of a form for this session. */
  formToken({ session }: KnownBrowser): string {
    return this.csrf.token(session.id);
  }

  /** Why a form was not sent by this page; undefined where it was (S35). */
  fault(request: FastifyRequest, { session }: KnownBrowser, formToken: string | undefined): CsrfFault | undefined {
    return this.csrf.fault(request, session.id, formToken ?? '');
  }
}
