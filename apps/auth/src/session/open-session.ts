import { type Querier } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Injectable } from '@nestjs/common';
import { SessionsEndedError } from '../auth.errors.js';
import { type AccountRow } from '../user/account.js';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import { SessionPolicy } from './session-policy.js';
import { INSERT_SESSION } from './session.sql.js';
import { type SignInOrigin, addressPseudonym, shownUserAgent } from './sign-in-origin.js';

/** A sign-in, ready to have tokens issued for it. */
export interface SignIn {
  readonly sessionId: string;
  readonly clientId: string;
  readonly account: Pick<AccountRow, 'id' | 'roles'>;
  readonly refreshToken: string;
}

/** Begins sign-ins. */
@Injectable()
export class OpenSession {
  constructor(private readonly policy: SessionPolicy) {}

  /**
   * Begins one for an account whose credentials were checked. Throws a SessionsEndedError where the sign-ins of the
   * account have been ended since it was read: by a new password, by disabling, by deletion (S20, S21).
   */
  async open(
    querier: Querier,
    account: Pick<AccountRow, 'id' | 'roles' | 'session_epoch'>,
    origin: SignInOrigin,
  ): Promise<SignIn> {
    const { sessionSeconds, idleSeconds, addressKey } = this.policy;
    const sessionId = uuidv7();
    const refreshToken = newRefreshToken();
    const opened = await querier.query(INSERT_SESSION, [
      sessionId,
      account.id,
      account.session_epoch,
      sessionSeconds,
      refreshTokenHash(refreshToken),
      idleSeconds,
      origin.clientId,
      addressPseudonym(addressKey, account.id, origin.ip),
      shownUserAgent(origin.userAgent),
      origin.browser ?? null,
    ]);
    if (opened.length === 0) throw new SessionsEndedError();
    return { sessionId, clientId: origin.clientId, account: { id: account.id, roles: account.roles }, refreshToken };
  }
}
