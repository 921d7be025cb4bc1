import { type Tokens } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { WrongCredentialsError } from '../auth.errors.js';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_EMAIL, REPLACE_HASH } from '../user/account.sql.js';
import { emailKey } from '../user/email-key.js';
import { PasswordHasher } from '../user/password-hasher.js';
import { LoginThrottle } from './login-throttle.js';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import { SessionPolicy } from './session-policy.js';
import { INSERT_SESSION } from './session.sql.js';
import { TokenIssuer } from './token-issuer.js';

/** Signs in with address and password. */
export class LogIn extends Command<Tokens> {
  constructor(
    readonly email: string,
    readonly password: string,
    /** Address of the caller, for the limit and the security log. */
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws a WrongCredentialsError, or a TooManyRequestsError. */
@CommandHandler(LogIn)
export class LogInHandler implements ICommandHandler<LogIn> {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly policy: SessionPolicy,
    private readonly issuer: TokenIssuer,
  ) {}

  async execute({ email, password, ip }: LogIn): Promise<Tokens> {
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
    const refreshToken = newRefreshToken();
    const { sessionSeconds, idleSeconds } = this.policy;
    await this.database.query(INSERT_SESSION, [
      uuidv7(),
      account.id,
      sessionSeconds,
      refreshTokenHash(refreshToken),
      idleSeconds,
    ]);
    return this.issuer.issue(account, refreshToken);
  }
}
