import { GetTokensFromRefreshTokenCommand } from '@aws-sdk/client-cognito-identity-provider';
import { type Tokens } from '@lethe/contracts';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidRefreshTokenError } from '../../auth.errors.js';
import { RefreshSession } from '../../session/refresh-session.js';
import { CognitoPool, tokensOf } from '../cognito-pool.js';

const refused = (): InvalidRefreshTokenError => new InvalidRefreshTokenError();

/**
 * Exchanges a refresh token by GetTokensFromRefreshToken, the one operation that rotates them (S16); the grace period is
 * the app client's RetryGracePeriodSeconds (S17). Throws an InvalidRefreshTokenError.
 */
@CommandHandler(RefreshSession)
export class RefreshSessionInCognito implements ICommandHandler<RefreshSession> {
  constructor(
    private readonly pool: CognitoPool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ refreshToken }: RefreshSession): Promise<Tokens> {
    const { clientId: ClientId, clientSecret: ClientSecret } = this.pool;
    const command = new GetTokensFromRefreshTokenCommand({ RefreshToken: refreshToken, ClientId, ClientSecret });
    const { AuthenticationResult } = await this.pool.ask((client) => client.send(command), {
      NotAuthorizedException: refused,
      UserNotFoundException: refused,
      InvalidParameterException: refused,
      RefreshTokenReuseException: () => {
        this.logger.warn({ event: 'refresh-token-reused' }, 'a used refresh token came again');
        return refused();
      },
    });
    return tokensOf(AuthenticationResult, refreshToken);
  }
}
