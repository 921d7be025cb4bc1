import { createHash, timingSafeEqual } from 'node:crypto';
import { Database, type Tx } from '@lethe/database';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OAuthError, SessionsEndedError } from '../auth.errors.js';
import { OpenSession, type SignIn } from '../session/open-session.js';
import { SessionEnder } from '../session/session-ender.js';
import { type CodeRow, LOCK_CODE, USE_CODE } from '../authorize/authorization-code.sql.js';
import { codeHash } from '../authorize/authorization-codes.js';

/** What the client sends with the code. */
export interface CodeExchange {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
}

/** A redeemed code. */
export interface RedeemedCode {
  readonly signIn: SignIn;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly authenticatedAt: Date;
}

/** Exchanges an authorization code for a sign-in. */
export class RedeemCode extends Command<RedeemedCode> {
  constructor(readonly exchange: CodeExchange) {
    super();
  }
}

type Outcome = { readonly kind: 'redeemed'; readonly redeemed: RedeemedCode } | { readonly kind: 'refused' | 'reused' };

/** RFC 7636 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * A code is good once, for a minute, for the client, redirect URI and PKCE verifier it was given for. One that comes
 * again ends the sign-in it was redeemed for (S15); one with a wrong verifier is used up. Throws an OAuthError
 * `invalid_grant`, whatever was wrong.
 */
@CommandHandler(RedeemCode)
export class RedeemCodeHandler implements ICommandHandler<RedeemCode> {
  constructor(
    private readonly database: Database,
    private readonly openSession: OpenSession,
    private readonly ender: SessionEnder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ exchange }: RedeemCode): Promise<RedeemedCode> {
    const hash = codeHash(exchange.code);
    if (!hash) throw new OAuthError('invalid_grant');
    const outcome = await this.#redeem(hash, exchange);
    if (outcome.kind === 'redeemed') return outcome.redeemed;
    const { clientId: client, ip } = exchange;
    this.logger.warn({ event: `authorization-code-${outcome.kind}`, client, ip }, 'an authorization code was refused');
    throw new OAuthError('invalid_grant');
  }

  async #redeem(hash: Buffer, exchange: CodeExchange): Promise<Outcome> {
    try {
      // A refusal is committed: what it ended stays ended.
      return await this.database.transaction((tx) => this.#judge(tx, hash, exchange));
    } catch (error) {
      if (error instanceof SessionsEndedError) return { kind: 'refused' };
      throw error;
    }
  }

  async #judge(tx: Tx, hash: Buffer, exchange: CodeExchange): Promise<Outcome> {
    const [row] = await tx.query<CodeRow>(LOCK_CODE, [hash]);
    if (row?.client_id !== exchange.clientId) return { kind: 'refused' };
    if (row.used) {
      const ended = row.session_id;
      if (ended !== null) await this.ender.endSessions(tx, { sessionId: ended }, 'authorization code reused');
      return { kind: 'reused' };
    }
    if (!row.fresh) return { kind: 'refused' };
    if (row.redirect_uri !== exchange.redirectUri || !provesChallenge(exchange.verifier, row.challenge)) {
      await tx.query(USE_CODE, [hash, null]);
      return { kind: 'refused' };
    }
    const account = { id: row.account_id, roles: row.roles, session_epoch: row.session_epoch };
    const { clientId, ip, userAgent } = exchange;
    const signIn = await this.openSession.open(tx, account, { clientId, ip, userAgent, browser: row.browser });
    await tx.query(USE_CODE, [hash, signIn.sessionId]);
    const { scope, nonce, authenticated_at: authenticatedAt } = row;
    return { kind: 'redeemed', redeemed: { signIn, scope, nonce: nonce ?? undefined, authenticatedAt } };
  }
}

function provesChallenge(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  return timingSafeEqual(createHash('sha256').update(verifier).digest(), Buffer.from(challenge, 'base64url'));
}
