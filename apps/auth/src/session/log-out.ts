import { Database } from '@lethe/database';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refreshTokenHash } from './refresh-token.js';
import { SessionEnder } from './session-ender.js';
import { SESSION_OF_TOKEN, type SessionOfToken } from './session.sql.js';

/** Ends a sign-in: none of its tokens works any more (S20). */
export class LogOut extends Command<void> {
  constructor(
    readonly refreshToken: string,
    /** The `Authorization` header, if it came along: an issuer whose refresh tokens are opaque to us learns the sign-in from it. */
    readonly authorization?: string,
  ) {
    super();
  }
}

/** Says nothing of whether the token was known, and may be called again. Throws a RevocationsUnavailableError (503). */
@CommandHandler(LogOut)
export class LogOutHandler implements ICommandHandler<LogOut> {
  constructor(
    private readonly database: Database,
    private readonly ender: SessionEnder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken }: LogOut): Promise<void> {
    const hash = refreshTokenHash(refreshToken);
    if (!hash) return;
    const [session] = await this.database.query<SessionOfToken>(SESSION_OF_TOKEN, [hash]);
    if (!session) return;
    await this.database.transaction((tx) => this.ender.endSessions(tx, { sessionId: session.id }, 'logout'));
    this.logger.info({ event: 'logout', session: session.id, user: session.account_id }, 'signed out');
  }
}
