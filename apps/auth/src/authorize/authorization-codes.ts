import { createHash, randomBytes } from 'node:crypto';
import { Database } from '@lethe/database';
import { Injectable } from '@nestjs/common';
import { type AccountRow } from '../user/account.js';
import { INSERT_CODE } from './authorization-code.sql.js';
import { type AuthorizationRequest } from './authorization-request.js';

/** Long enough for one redirect; RFC 6749 4.1.2 allows ten minutes (S15). */
const CODE_SECONDS = 60;
const CODE = /^[A-Za-z0-9_-]{43}$/;

/** Who signed in, and with what browser session. */
export interface BrowserSignIn {
  readonly account: Pick<AccountRow, 'id' | 'session_epoch'>;
  /** Id of the browser session. */
  readonly browser: string;
  readonly authenticatedAt: Date;
}

/** Gives authorization codes: 256 random bits, stored as SHA-256, bound to all that was asked for. */
@Injectable()
export class AuthorizationCodes {
  constructor(private readonly database: Database) {}

  async issue(request: AuthorizationRequest, signIn: BrowserSignIn): Promise<string> {
    const code = randomBytes(32).toString('base64url');
    await this.database.query(INSERT_CODE, [
      codeHash(code),
      request.client.id,
      request.redirectUri,
      request.challenge,
      request.scope,
      request.nonce ?? null,
      signIn.account.id,
      signIn.account.session_epoch,
      signIn.browser,
      signIn.authenticatedAt,
      CODE_SECONDS,
    ]);
    return code;
  }
}

/** What is stored of a code; undefined for a text that is none. */
export function codeHash(code: string): Buffer | undefined {
  return CODE.test(code) ? createHash('sha256').update(code).digest() : undefined;
}
