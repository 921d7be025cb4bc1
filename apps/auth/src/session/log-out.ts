import { Database } from '@lethe/database';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refreshTokenHash } from './refresh-token.js';
import { REVOKE_SESSION_OF_TOKEN } from './session.sql.js';

/** Ends a sign-in: none of its refresh tokens works any more (S20). */
export class LogOut extends Command<void> {
  constructor(readonly refreshToken: string) {
    super();
  }
}

/** Says nothing of whether the token was known, and may be called again. */
@CommandHandler(LogOut)
export class LogOutHandler implements ICommandHandler<LogOut> {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken }: LogOut): Promise<void> {
    const hash = refreshTokenHash(refreshToken);
    if (!hash) return;
    const [ended] = await this.database.query<{ id: string; account_id: string }>(REVOKE_SESSION_OF_TOKEN, [
      hash,
      'logout',
    ]);
    if (ended) this.logger.info({ event: 'logout', session: ended.id, user: ended.account_id }, 'signed out');
  }
}
