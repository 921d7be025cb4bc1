import { ConfirmForgotPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PasswordRules } from '../../password/password-rules.js';
import { ResetPassword } from '../../password/reset-password.js';
import { emailKey } from '../../user/email-key.js';
import { CODE_REFUSALS } from '../code-refusals.js';
import { PoolPasswordPolicyError } from '../cognito.errors.js';
import { CognitoPool } from '../cognito-pool.js';
import { CognitoUsers } from '../cognito-users.js';

/**
 * Gives a new password for a mailed code, and ends every sign-in. Throws an InvalidCodeError, a PredictablePasswordError
 * (which depends on the request alone, so it tells nothing of the account), a PoolPasswordPolicyError.
 */
@CommandHandler(ResetPassword)
export class ResetPasswordInCognito implements ICommandHandler<ResetPassword> {
  constructor(
    private readonly pool: CognitoPool,
    private readonly users: CognitoUsers,
    private readonly rules: PasswordRules,
  ) {}

  async execute({ email, code, newPassword }: ResetPassword): Promise<void> {
    const Username = emailKey(email);
    await this.rules.require(newPassword, { email, name: '' }, '/newPassword');
    const command = new ConfirmForgotPasswordCommand({
      ClientId: this.pool.clientId,
      SecretHash: this.pool.secretHash(Username),
      Username,
      ConfirmationCode: code.trim(),
      Password: newPassword,
    });
    await this.pool.ask((client) => client.send(command), {
      ...CODE_REFUSALS,
      InvalidPasswordException: () => new PoolPasswordPolicyError('/newPassword'),
    });
    const user = await this.users.byName(Username);
    if (user) await this.users.signOutEverywhere(user);
  }
}
