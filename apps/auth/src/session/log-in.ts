import { type Tokens } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Authenticator } from '../user/authenticate.js';
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
    private readonly authenticator: Authenticator,
    private readonly policy: SessionPolicy,
    private readonly issuer: TokenIssuer,
  ) {}

  async execute({ email, password, ip }: LogIn): Promise<Tokens> {
    const account = await this.authenticator.authenticate({ email, password, ip });
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
