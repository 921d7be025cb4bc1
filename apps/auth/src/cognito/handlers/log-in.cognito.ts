import { type Tokens } from '@lethe/contracts';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { WrongCredentialsError, WrongSecondFactorError } from '../../auth.errors.js';
import { LogIn } from '../../session/log-in.js';
import { LoginThrottle } from '../../session/login-throttle.js';
import { emailKey } from '../../user/email-key.js';
import { tokensOf } from '../cognito-pool.js';
import { CognitoSignIn } from '../cognito-sign-in.js';

/**
 * Signs in to the pool. Failures are counted where all replicas see them, beside Cognito's own lock-out (S27). Throws a
 * TooManyRequestsError, and what {@link CognitoSignIn.signIn} throws.
 */
@CommandHandler(LogIn)
export class LogInToCognito implements ICommandHandler<LogIn> {
  constructor(
    private readonly signIn: CognitoSignIn,
    private readonly throttle: LoginThrottle,
  ) {}

  async execute({ email, password, code, ip }: LogIn): Promise<Tokens> {
    const attempt = { key: emailKey(email), ip };
    await this.throttle.admit(attempt);
    try {
      const result = await this.signIn.signIn({ username: attempt.key, password, code });
      await this.throttle.succeeded(attempt, subjectOf(result.AccessToken));
      return tokensOf(result);
    } catch (error) {
      if (error instanceof WrongCredentialsError || error instanceof WrongSecondFactorError) {
        await this.throttle.failed(attempt);
      }
      throw error;
    }
  }
}

/** For the log: whom Cognito has just let in. */
function subjectOf(token = ''): string {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(text === '' ? '{}' : text) as { readonly sub?: string }).sub ?? '';
}
