import { Database } from '@lethe/database';
import { RateLimiter } from '@lethe/rate-limits';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { SecondFactorRequiredError, WrongSecondFactorError } from '../auth.errors.js';
import { AuthLimits } from '../auth.limits.js';
import { type AccountRow } from '../user/account.js';
import { SecondFactor } from './second-factor.js';

/** Asks for the second factor of an account whose password was right. */
@Injectable()
export class SecondFactorCheck {
  constructor(
    private readonly database: Database,
    private readonly factor: SecondFactor,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Does nothing for an account without one. Failures are counted per account; again after the check, so that guesses in
   * parallel do not get past. Throws a SecondFactorRequiredError, a WrongSecondFactorError, a TooManyRequestsError.
   */
  async require(account: AccountRow, code: string | undefined, ip: string): Promise<void> {
    if (!account.second_factor) return;
    if (code === undefined) throw new SecondFactorRequiredError();
    const rule = this.limits.secondFactorFailures;
    await this.limiter.peek(rule, account.id);
    const shown = await this.factor.show(this.database, account.id, code);
    if (shown === undefined) {
      this.audit.refused('second-factor', { user: account.id, ip });
      await this.limiter.take(rule, account.id);
      throw new WrongSecondFactorError();
    }
    await this.limiter.peek(rule, account.id);
    if (shown === 'recovery-code') {
      const used = { event: 'recovery-code-used', accountId: account.id, facts: { ip } } as const;
      await this.database.transaction((tx) => this.audit.record(tx, used));
    }
  }
}
