import { type Tokens } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidRefreshTokenError } from '../auth.errors.js';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_ID } from '../user/account.sql.js';
import { GRACE_SECONDS, refreshTokenHash, successorOf } from './refresh-token.js';
import { SessionEnder } from './session-ender.js';
import { SessionPolicy } from './session-policy.js';
import { LOCK_REFRESH_TOKEN, ROTATE_REFRESH_TOKEN, type RefreshRow } from './session.sql.js';
import { DIRECT_CLIENT } from './sign-in-origin.js';
import { TokenIssuer } from './token-issuer.js';

/** Exchanges a refresh token for the next one and a new access token. */
export class RefreshSession extends Command<Tokens> {
  constructor(
    readonly refreshToken: string,
    /** Who sent it: a refresh token is bound to its client (S18). */
    readonly clientId: string = DIRECT_CLIENT,
  ) {
    super();
  }
}

interface Exchange {
  readonly hash: Buffer;
  readonly clientId: string;
  readonly successor: string;
}

/** What became of the token; a reuse must be committed before it is refused. */
type Outcome =
  | { readonly kind: 'rotated'; readonly account: AccountRow; readonly row: RefreshRow }
  | { readonly kind: 'refused' }
  | { readonly kind: 'reused'; readonly row: RefreshRow };

/**
 * Rotates refresh tokens: each is exchanged once. Within the grace period a used one gives its successor again; after
 * that its use means that someone else has it, and the whole sign-in ends (S16, S17). Throws an InvalidRefreshTokenError.
 */
@CommandHandler(RefreshSession)
export class RefreshSessionHandler implements ICommandHandler<RefreshSession> {
  constructor(
    private readonly database: Database,
    private readonly policy: SessionPolicy,
    private readonly issuer: TokenIssuer,
    private readonly ender: SessionEnder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken, clientId }: RefreshSession): Promise<Tokens> {
    const hash = refreshTokenHash(refreshToken);
    if (!hash) throw new InvalidRefreshTokenError();
    const successor = successorOf(refreshToken, this.policy.successorKey);
    const outcome = await this.database.transaction((tx) => this.#exchange(tx, { hash, clientId, successor }));
    if (outcome.kind === 'reused') {
      const { session_id: session, account_id: user } = outcome.row;
      this.logger.warn({ event: 'refresh-token-reused', session, user }, 'a used refresh token came again');
    }
    if (outcome.kind !== 'rotated') throw new InvalidRefreshTokenError();
    const { account, row } = outcome;
    return this.issuer.issue({ account, sessionId: row.session_id, clientId, refreshToken: successor });
  }

  async #exchange(tx: Tx, { hash, clientId, successor }: Exchange): Promise<Outcome> {
    const [row] = await tx.query<RefreshRow>(LOCK_REFRESH_TOKEN, [hash, GRACE_SECONDS]);
    if (!row?.live || row.client_id !== clientId) return { kind: 'refused' };
    if (row.used && !row.within_grace) {
      await this.ender.endSessions(tx, { sessionId: row.session_id }, 'refresh token reused');
      return { kind: 'reused', row };
    }
    if (!row.used) {
      await tx.query(ROTATE_REFRESH_TOKEN, [hash, refreshTokenHash(successor), this.policy.idleSeconds]);
    }
    // Read anew: a role that was taken away ends with the access token (S42).
    const [account] = await tx.query<AccountRow>(ACCOUNT_BY_ID, [row.account_id]);
    return account ? { kind: 'rotated', account, row } : { kind: 'refused' };
  }
}
