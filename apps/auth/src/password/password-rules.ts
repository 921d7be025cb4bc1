import { BreachedPasswordsError, PredictablePasswordError } from '../auth.errors.js';
import { type BreachedPasswords } from './breached-passwords.js';
import { type PasswordOwner, requireUnpredictable } from './password-policy.js';

/** What a new password must pass: the block-list of this program, and a list of breached ones where there is one. */
export class PasswordRules {
  constructor(
    private readonly breached: BreachedPasswords | undefined,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * Where the list of breached passwords cannot be asked, the block-list alone decides: its outage must not keep everyone
   * from a new password. Throws a PredictablePasswordError.
   */
  async require(password: string, owner: PasswordOwner, pointer: string): Promise<void> {
    requireUnpredictable(password, owner, pointer);
    if (await this.#isBreached(password)) throw new PredictablePasswordError(pointer);
  }

  async #isBreached(password: string): Promise<boolean> {
    try {
      return (await this.breached?.includes(password)) ?? false;
    } catch (error) {
      if (!(error instanceof BreachedPasswordsError)) throw error;
      this.onError(error);
      return false;
    }
  }
}
