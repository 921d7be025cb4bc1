import { Database } from '@lethe/database';
import { Injectable } from '@nestjs/common';
import { EmailNotVerifiedError, WrongCredentialsError } from '../auth.errors.js';
import { LoginThrottle } from '../session/login-throttle.js';
import { SecondFactorCheck } from '../second-factor/second-factor-check.js';
import { AccountPolicy } from './account-policy.js';
import { type AccountRow } from './account.js';
import { ACCOUNT_BY_EMAIL, REPLACE_HASH } from './account.sql.js';
import { emailKey } from './email-key.js';
import { PasswordHasher } from './password-hasher.js';

/** What someone who signs in has to show. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** A code of the second factor, or a recovery code, where the account asks for one. */
  readonly code?: string | undefined;
  /** Address of the caller, for the limits and the security log. */
  readonly ip: string;
}

/** Finds out whose credentials these are, with the same work whether there is such an account or not (S26). */
@Injectable()
export class Authenticator {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly secondFactor: SecondFactorCheck,
    private readonly policy: AccountPolicy,
  ) {}

  /**
   * A disabled account looks like one that is not there. Throws a WrongCredentialsError, a TooManyRequestsError; once the
   * password was right, a SecondFactorRequiredError, a WrongSecondFactorError, an EmailNotVerifiedError.
   */
  async authenticate({ email, password, code, ip }: Credentials): Promise<AccountRow> {
    const attempt = { key: emailKey(email), ip };
    await this.throttle.admit(attempt);
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_EMAIL, [attempt.key]);
    const { matches, rehashed } = await this.hasher.check(password, account?.password_hash);
    if (!account || !matches || account.disabled) {
      await this.throttle.failed(attempt);
      throw new WrongCredentialsError();
    }
    if (this.policy.verifiedOnly && !account.email_verified) throw new EmailNotVerifiedError();
    await this.secondFactor.require(account, code, ip);
    await this.throttle.succeeded(attempt, account.id);
    if (rehashed !== undefined) {
      await this.database.query(REPLACE_HASH, [account.id, rehashed, account.password_hash]);
    }
    return account;
  }
}
