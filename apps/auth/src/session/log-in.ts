import { type Tokens } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Authenticator } from '../user/authenticate.js';
import { OpenSession } from './open-session.js';
import { DIRECT_CLIENT } from './sign-in-origin.js';
import { TokenIssuer } from './token-issuer.js';

/** Signs in with address and password. */
export class LogIn extends Command<Tokens> {
  constructor(
    readonly email: string,
    readonly password: string,
    /** Address of the caller, for the limit and the security log. */
    readonly ip: string,
    readonly userAgent?: string,
    /** Of the second factor. */
    readonly code?: string,
  ) {
    super();
  }
}

/** Throws as {@link Authenticator} does, or a SessionsEndedError. */
@CommandHandler(LogIn)
export class LogInHandler implements ICommandHandler<LogIn> {
  constructor(
    private readonly database: Database,
    private readonly authenticator: Authenticator,
    private readonly openSession: OpenSession,
    private readonly issuer: TokenIssuer,
  ) {}

  async execute({ email, password, ip, userAgent, code }: LogIn): Promise<Tokens> {
    const account = await this.authenticator.authenticate({ email, password, code, ip });
    const origin = { clientId: DIRECT_CLIENT, ip, userAgent };
    return this.issuer.issue(await this.openSession.open(this.database, account, origin));
  }
}
