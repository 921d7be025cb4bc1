import { Database } from '@lethe/database';
import { Injectable } from '@nestjs/common';
import { AccountGoneError, WrongPasswordError } from '../auth.errors.js';
import { LoginThrottle } from '../session/login-throttle.js';
import { type AccountRow } from './account.js';
import { ACCOUNT_BY_ID } from './account.sql.js';
import { emailKey } from './email-key.js';
import { PasswordHasher } from './password-hasher.js';

/** Asks whoever is signed in for the password again, before what would let a thief stay (S29). */
@Injectable()
export class Reauthenticator {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
  ) {}

  /** Throws a WrongPasswordError, a TooManyRequestsError (counted as failed sign-ins are), an AccountGoneError. */
  async require(accountId: string, password: string, ip: string): Promise<AccountRow> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [accountId]);
    if (!account) throw new AccountGoneError();
    const attempt = { key: emailKey(account.email), ip };
    await this.throttle.admit(attempt);
    const { matches } = await this.hasher.check(password, account.password_hash);
    if (!matches) {
      await this.throttle.failed(attempt);
      throw new WrongPasswordError();
    }
    await this.throttle.admit(attempt);
    return account;
  }
}
