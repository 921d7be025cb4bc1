import { Database, type Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { RateLimiter } from '@lethe/rate-limits';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { pseudonym } from '../audit/pseudonym.js';
import { InvalidCodeError } from '../auth.errors.js';
import { AuthLimits } from '../auth.limits.js';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_EMAIL } from '../user/account.sql.js';
import { emailKey } from '../user/email-key.js';
import { Codes } from './codes.js';

/** A code that was right. */
export interface RightCode {
  readonly account: AccountRow;
  /** Uses it up in the transaction of its effect. Throws an InvalidCodeError where another was faster. */
  readonly use: (tx: Tx) => Promise<void>;
}

/** Takes back the codes that were mailed to someone who is not signed in. */
@Injectable()
export class CodeRedemption {
  constructor(
    private readonly database: Database,
    private readonly codes: Codes,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    private readonly audit: AuditLog,
  ) {}

  /** Does the same work for an unknown address (S26). Throws an InvalidCodeError, a TooManyRequestsError. */
  async check(purpose: 'reset-password' | 'verify-email', email: string, code: string, ip: string): Promise<RightCode> {
    await this.limiter.take(this.limits.codeTriesPerIp, ip);
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_EMAIL, [emailKey(email)]);
    const binding = { purpose, accountId: account?.id ?? uuidv7(), address: account?.email ?? email };
    try {
      const hash = await this.codes.check(this.database, binding, code);
      if (!account) throw new InvalidCodeError();
      return { account, use: (tx) => this.codes.use(tx, binding, hash) };
    } catch (error) {
      if (error instanceof InvalidCodeError) this.audit.refused(purpose, { account: pseudonym(emailKey(email)), ip });
      throw error;
    }
  }
}
