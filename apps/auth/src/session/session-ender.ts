import { type Tx } from '@lethe/database';
import { Injectable } from '@nestjs/common';
import { RAISE_SESSION_EPOCH, REVOKE_SESSION, REVOKE_SESSIONS_OF_ACCOUNT } from './session.sql.js';

/** Which sign-ins end: one, or those of an account. */
export type EndedSessions =
  | { readonly sessionId: string }
  | {
      readonly accountId: string;
      /** The sign-in that stays. */
      readonly except?: string | undefined;
    };

/** Ends sign-ins: their refresh tokens at once, their access tokens at once where a route asks for it (S20, S21). */
@Injectable()
export class SessionEnder {
  /**
   * Ends them inside the caller's transaction. What makes an account unfit to sign in (a new password, disabling,
   * deletion) is written by the caller before, in the same transaction. Ending those of an account locks its row and
   * raises its epoch: a sign-in whose password was checked before cannot begin any more.
   */
  async endSessions(tx: Tx, which: EndedSessions, why: string): Promise<void> {
    if ('sessionId' in which) {
      await tx.query(REVOKE_SESSION, [which.sessionId, why]);
      return;
    }
    await tx.query(RAISE_SESSION_EPOCH, [which.accountId]);
    await tx.query(REVOKE_SESSIONS_OF_ACCOUNT, [which.accountId, why, which.except ?? null]);
  }
}
