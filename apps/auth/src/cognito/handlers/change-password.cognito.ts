import { ChangePasswordCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AccountGoneError, WrongCredentialsError, WrongPasswordError } from '../../auth.errors.js';
import { ChangePassword } from '../../password/change-password.js';
import { PasswordRules } from '../../password/password-rules.js';
import { LoginThrottle } from '../../session/login-throttle.js';
import { emailKey } from '../../user/email-key.js';
import { PoolPasswordPolicyError } from '../cognito.errors.js';
import { CognitoPool } from '../cognito-pool.js';
import { CognitoSignIn } from '../cognito-sign-in.js';
import { CognitoUsers } from '../cognito-users.js';

/**
 * Signs in once more with the present password, for an access token by which Cognito changes it, then ends every sign-in
 * (S20, S29). Throws a WrongPasswordError, a PredictablePasswordError, a PoolPasswordPolicyError, a TooManyRequestsError;
 * for a user with a second factor a SecondFactorRequiredError.
 */
@CommandHandler(ChangePassword)
export class ChangePasswordInCognito implements ICommandHandler<ChangePassword> {
  constructor(
    private readonly pool: CognitoPool,
    private readonly users: CognitoUsers,
    private readonly signIn: CognitoSignIn,
    private readonly throttle: LoginThrottle,
    private readonly rules: PasswordRules,
  ) {}

  async execute({ accountId, currentPassword, newPassword, ip }: ChangePassword): Promise<void> {
    const user = await this.users.byId(accountId);
    if (!user) throw new AccountGoneError();
    const attempt = { key: emailKey(user.email), ip };
    await this.throttle.admit(attempt);
    const AccessToken = await this.#tokenFor(user.username, currentPassword, attempt);
    await this.rules.require(newPassword, user, '/newPassword');
    const command = new ChangePasswordCommand({
      AccessToken,
      PreviousPassword: currentPassword,
      ProposedPassword: newPassword,
    });
    await this.pool.ask((client) => client.send(command), {
      NotAuthorizedException: () => new WrongPasswordError(),
      InvalidPasswordException: () => new PoolPasswordPolicyError('/newPassword'),
      PasswordHistoryPolicyViolationException: () => new PoolPasswordPolicyError('/newPassword'),
    });
    await this.users.signOutEverywhere(user);
  }

  async #tokenFor(
    username: string,
    password: string,
    attempt: { readonly key: string; readonly ip: string },
  ): Promise<string | undefined> {
    try {
      return (await this.signIn.signIn({ username, password })).AccessToken;
    } catch (error) {
      if (!(error instanceof WrongCredentialsError)) throw error;
      await this.throttle.failed(attempt);
      throw new WrongPasswordError();
    }
  }
}
