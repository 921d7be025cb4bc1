import { ForgotPasswordCommand, ResendConfirmationCodeCommand } from '@aws-sdk/client-cognito-identity-provider';
import { RateLimiter } from '@lethe/rate-limits';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuthLimits } from '../../auth.limits.js';
import { RequestCode } from '../../code/request-code.js';
import { emailKey } from '../../user/email-key.js';
import { CognitoPool } from '../cognito-pool.js';

/** What Cognito says of users who are not there, not confirmed, or confirmed already: that nothing was sent is not told. */
const NOTHING_SENT = new Set(['UserNotFoundException', 'InvalidParameterException', 'NotAuthorizedException']);

/**
 * Lets Cognito mail a code. Answers the same whether there is such a user or not (S26); the app client has
 * PreventUserExistenceErrors. Throws a TooManyRequestsError, counted by address as typed.
 */
@CommandHandler(RequestCode)
export class RequestCodeInCognito implements ICommandHandler<RequestCode> {
  constructor(
    private readonly pool: CognitoPool,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
  ) {}

  async execute({ purpose, email, ip }: RequestCode): Promise<void> {
    const Username = emailKey(email);
    await this.limiter.take(this.limits.codesPerIp, ip);
    await this.limiter.take(this.limits.codesPerAccount, Username);
    const request = { ClientId: this.pool.clientId, SecretHash: this.pool.secretHash(Username), Username };
    await this.pool.ask(async (client) => {
      try {
        if (purpose === 'reset-password') await client.send(new ForgotPasswordCommand(request));
        else await client.send(new ResendConfirmationCodeCommand(request));
      } catch (error) {
        if (!(error instanceof Error && NOTHING_SENT.has(error.name))) throw error;
      }
    });
  }
}
