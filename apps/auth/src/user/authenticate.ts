import { Database } from '@lethe/database';
import { Injectable } from '@nestjs/common';
import { WrongCredentialsError } from '../auth.errors.js';
import { LoginThrottle } from '../session/login-throttle.js';
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
  ) {}

  /** Throws a WrongCredentialsError, or a TooManyRequestsError. */
  async authenticate({ email, password, ip }: Credentials): Promise<AccountRow> {
    const attempt = { key: emailKey(email), ip };
    await this.throttle.admit(attempt);
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_EMAIL, [attempt.key]);
    const { matches, rehashed } = await this.hasher.check(password, account?.password_hash);
    if (!account || !matches) {
      await this.throttle.failed(attempt);
      throw new WrongCredentialsError();
    }
    await this.throttle.succeeded(attempt, account.id);
    if (rehashed !== undefined) {
      await this.database.query(REPLACE_HASH, [account.id, rehashed, account.password_hash]);
    }
    return account;
  }
}
