import { RevokeTokenCommand } from '@aws-sdk/client-cognito-identity-provider';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LogOut } from '../../session/log-out.js';
import { CognitoPool } from '../cognito-pool.js';

/** What Cognito says of a token that is none, is over, or is another client's. */
const OVER = new Set(['NotAuthorizedException', 'InvalidParameterException', 'UnsupportedTokenTypeException']);

/**
 * Revokes the refresh token, and for Cognito's own API the access tokens that came from it (S20). To the store an access
 * token lasts until it expires: which sign-in an opaque refresh token is of, only Cognito knows. Says nothing of whether
 * the token was known, and may be called again.
 */
@CommandHandler(LogOut)
export class LogOutOfCognito implements ICommandHandler<LogOut> {
  constructor(
    private readonly pool: CognitoPool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken }: LogOut): Promise<void> {
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
}
