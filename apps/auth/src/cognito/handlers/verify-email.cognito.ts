import { ConfirmSignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidCodeError } from '../../auth.errors.js';
import { VerifyEmail } from '../../email/verify-email.js';
import { emailKey } from '../../user/email-key.js';
import { CODE_REFUSALS } from '../code-refusals.js';
import { CognitoPool } from '../cognito-pool.js';

/** Confirms a sign-up. Throws an InvalidCodeError, and for too many wrong codes a CognitoLimitError. */
@CommandHandler(VerifyEmail)
export class VerifyEmailInCognito implements ICommandHandler<VerifyEmail> {
  constructor(private readonly pool: CognitoPool) {}

  async execute({ email, code }: VerifyEmail): Promise<void> {
    const Username = emailKey(email);
    const { clientId: ClientId } = this.pool;
    const SecretHash = this.pool.secretHash(Username);
    const command = new ConfirmSignUpCommand({ ClientId, SecretHash, Username, ConfirmationCode: code.trim() });
    await this.pool.ask((client) => client.send(command), {
      ...CODE_REFUSALS,
      // Confirmed already, or another user has the address by now.
      AliasExistsException: () => new InvalidCodeError(),
    });
  }
}
