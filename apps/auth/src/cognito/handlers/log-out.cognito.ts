import { RevokeTokenCommand } from '@aws-sdk/client-cognito-identity-provider';
import { InvalidTokenError, Revocations, TokenVerifier } from '@lethe/identity';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LogOut } from '../../session/log-out.js';
import { CognitoPool } from '../cognito-pool.js';

/** What Cognito says of a token that is none, is over, or is another client's. */
const OVER = new Set(['NotAuthorizedException', 'InvalidParameterException', 'UnsupportedTokenTypeException']);

/**
 * Revokes the refresh token, and for Cognito's own API the access tokens that came from it (S20). To the store, which
 * asks Cognito nothing, the sign-in is over at once where an access token of it comes along, since of which sign-in an
 * opaque refresh token is only Cognito knows; else its access tokens last until they expire. Says nothing of whether
 * the token was known, and may be called again. Throws a RevocationsUnavailableError (503).
 */
@CommandHandler(LogOut)
export class LogOutOfCognito implements ICommandHandler<LogOut> {
  constructor(
    private readonly pool: CognitoPool,
    private readonly verifier: TokenVerifier,
    private readonly revocations: Revocations,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken, authorization }: LogOut): Promise<void> {
    await this.#endAccess(/^bearer (\S+)$/i.exec(authorization ?? '')?.[1]);
    const { clientId: ClientId, clientSecret: ClientSecret } = this.pool;
    const command = new RevokeTokenCommand({ Token: refreshToken, ClientId, ClientSecret });
    const ended = await this.pool.ask(async (client) => {
      try {
        await client.send(command);
        return true;
      } catch (error) {
        if (error instanceof Error && OVER.has(error.name)) return false;
        throw error;
      }
    });
    if (ended) this.logger.info({ event: 'logout' }, 'signed out');
  }

  async #endAccess(accessToken: string | undefined): Promise<void> {
    if (accessToken === undefined) return;
    try {
      const { sessionId, tokenId } = await this.verifier.verify(accessToken);
      await (sessionId === undefined
        ? this.revocations.revokeToken(tokenId)
        : this.revocations.revokeSession(sessionId));
    } catch (error) {
      // Of a token that is over, or was never one, there is nothing to end.
      if (!(error instanceof InvalidTokenError)) throw error;
    }
  }
}
