import { type Tx } from '@lethe/database';
import { Revocations } from '@lethe/identity';
import { Injectable } from '@nestjs/common';
import { SessionPolicy } from './session-policy.js';
import {
  RAISE_SESSION_EPOCH,
  REVOKE_SESSION,
  REVOKE_SESSIONS_OF_ACCOUNT,
  SESSIONS_WITH_LIVE_TOKENS,
} from './session.sql.js';

/** Which sign-ins end: one, or those of an account. */
export type EndedSessions =
  | { readonly sessionId: string }
  | {
      readonly accountId: string;
      /** The sign-in that stays. */
      readonly except?: string | undefined;
    };

/** Revocations written at once: an account may have been signed in very often. */
const CONCURRENCY = 25;

/** Ends sign-ins: their refresh tokens at once, their access tokens at once where a route asks for it (S20, S21). */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly revocations: Revocations,
    private readonly policy: SessionPolicy,
  ) {}

  /**
   * Ends them inside the caller's transaction, the access tokens first: a RevocationsUnavailableError (503) rolls all
   * back, and what was revoked by then merely ends early. What makes an account unfit to sign in (a new password,
   * disabling, deletion) is written by the caller before, in the same transaction. Ending those of an account locks its
   * row and raises its epoch: a sign-in whose password was checked before cannot begin any more. Sign-ins are revoked
   * one by one and not by time, so that no two clocks are compared (R36).
   */
  async endSessions(tx: Tx, which: EndedSessions, why: string): Promise<void> {
    if ('sessionId' in which) {
      await this.revocations.revokeSession(which.sessionId);
      await tx.query(REVOKE_SESSION, [which.sessionId, why]);
      return;
    }
    const { accountId, except = null } = which;
    await tx.query(RAISE_SESSION_EPOCH, [accountId]);
    const live = await tx.query<{ id: string }>(SESSIONS_WITH_LIVE_TOKENS, [
      accountId,
      except,
      this.policy.tokenSeconds,
    ]);
    for (let from = 0; from < live.length; from += CONCURRENCY) {
      const some = live.slice(from, from + CONCURRENCY);
      await Promise.all(some.map(({ id }) => this.revocations.revokeSession(id)));
    }
    await tx.query(REVOKE_SESSIONS_OF_ACCOUNT, [accountId, why, except]);
  }
}
