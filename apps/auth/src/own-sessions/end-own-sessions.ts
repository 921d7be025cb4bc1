import { Database } from '@lethe/database';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SessionNotFoundError } from '../auth.errors.js';
import { SessionEnder } from '../session/session-ender.js';
import { OWN_SESSION } from './session-view.sql.js';

/** A user ends one of their sign-ins, or all but one. */
export class EndOwnSessions extends Command<void> {
  constructor(
    readonly accountId: string,
    readonly which: { readonly sessionId: string } | { readonly except: string | undefined },
  ) {
    super();
  }
}

/** Throws a SessionNotFoundError for a sign-in that is over or someone else's, or a RevocationsUnavailableError (503). */
@CommandHandler(EndOwnSessions)
export class EndOwnSessionsHandler implements ICommandHandler<EndOwnSessions> {
  constructor(
    private readonly database: Database,
    private readonly ender: SessionEnder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ accountId, which }: EndOwnSessions): Promise<void> {
    await this.database.transaction(async (tx) => {
      if ('sessionId' in which) {
        const [own] = await tx.query(OWN_SESSION, [which.sessionId, accountId]);
        if (own === undefined) throw new SessionNotFoundError();
        await this.ender.endSessions(tx, { sessionId: which.sessionId }, 'ended by the user');
      } else {
        await this.ender.endSessions(tx, { accountId, except: which.except }, 'ended by the user');
      }
    });
    this.logger.info({ event: 'sessions-ended', user: accountId, ...which }, 'sign-ins ended by the user');
  }
}
