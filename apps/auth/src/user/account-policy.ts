import { type AuthConfig } from '../auth.config.js';

/** What an account must have before it may sign in. */
export class AccountPolicy {
  readonly verifiedOnly: boolean;

  constructor({ EMAIL_VERIFICATION }: Pick<AuthConfig, 'EMAIL_VERIFICATION'>) {
    this.verifiedOnly = EMAIL_VERIFICATION === 'required';
  }
}
