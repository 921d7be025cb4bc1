import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import { type Profile } from '@lethe/contracts';
import { RateLimiter } from '@lethe/rate-limits';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EmailTakenError } from '../../auth.errors.js';
import { AuthLimits } from '../../auth.limits.js';
import { PasswordRules } from '../../password/password-rules.js';
import { emailKey } from '../../user/email-key.js';
import { RegisterUser } from '../../user/register-user.js';
import { CognitoUnavailableError, PoolPasswordPolicyError } from '../cognito.errors.js';
import { CognitoPool } from '../cognito-pool.js';

/**
 * Signs a customer up; Cognito mails a code, and without it nobody signs in. Throws an EmailTakenError, a
 * PredictablePasswordError, a PoolPasswordPolicyError, or a TooManyRequestsError.
 */
@CommandHandler(RegisterUser)
export class RegisterUserInCognito implements ICommandHandler<RegisterUser> {
  constructor(
    private readonly pool: CognitoPool,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    private readonly rules: PasswordRules,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ email, password, name, ip }: RegisterUser): Promise<Profile> {
    await this.limiter.take(this.limits.registrationsPerIp, ip);
    await this.limiter.take(this.limits.registrations, 'everyone');
    await this.rules.require(password, { email, name }, '/password');
    const Username = emailKey(email);
    const command = new SignUpCommand({
      ClientId: this.pool.clientId,
      SecretHash: this.pool.secretHash(Username),
      Username,
      Password: password,
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'name', Value: name },
      ],
    });
    const { UserSub: id } = await this.pool.ask((client) => client.send(command), {
      UsernameExistsException: () => new EmailTakenError(),
      InvalidPasswordException: () => new PoolPasswordPolicyError('/password'),
    });
    if (id === undefined) throw new CognitoUnavailableError(new TypeError('Cognito answered without a sub'));
    this.logger.info({ event: 'registered', user: id, ip }, 'account created');
    return { id, email, name, roles: ['customer'], emailVerified: false };
  }
}
