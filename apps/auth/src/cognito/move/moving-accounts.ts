import { type MovingAccount } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { RateLimiter, type RateRule } from '@lethe/rate-limits';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { WrongCredentialsError } from '../../auth.errors.js';
import { type AccountRow } from '../../user/account.js';
import { ACCOUNT_BY_EMAIL } from '../../user/account.sql.js';
import { emailKey } from '../../user/email-key.js';
import { PasswordHasher } from '../../user/password-hasher.js';

/** Wrong passwords of one account, from whatever door of the pool they come. */
export type MoveLimit = RateRule;
/** Injects the {@link MoveLimit}. */
export const MOVE_LIMIT = Symbol('lethe.auth.move-limit');

/** The accounts that may move to a user pool at their next sign-in. */
@Injectable()
export class MovingAccounts {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly limiter: RateLimiter,
    @Inject(MOVE_LIMIT) private readonly limit: MoveLimit,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The account whose password this is. Throws the same WrongCredentialsError, after the same work, for a wrong password
   * and for an account that is not there or may not move (S26), or a TooManyRequestsError.
   */
  async authenticate(email: string, password: string): Promise<MovingAccount> {
    const key = emailKey(email);
    await this.limiter.peek(this.limit, key);
    const account = await this.#movable(key);
    const { matches } = await this.hasher.check(password, account?.password_hash);
    if (!account || !matches) {
      await this.limiter.take(this.limit, key);
      throw new WrongCredentialsError();
    }
    await this.limiter.peek(this.limit, key);
    this.logger.info({ event: 'account-moved', user: account.id }, 'the user pool takes the account over');
    return shown(account);
  }

  /** The account with that address, for a user who has forgotten the password. Throws a WrongCredentialsError. */
  async find(email: string): Promise<MovingAccount> {
    const account = await this.#movable(emailKey(email));
    if (!account) throw new WrongCredentialsError();
    return shown(account);
  }

  /**
   * A trigger can hand over neither a second factor nor groups: who has either moves by `lethe users import`, so that no
   * account becomes weaker and no power is given by a trigger.
   */
  async #movable(key: string): Promise<AccountRow | undefined> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_EMAIL, [key]);
    if (!account || account.disabled) return undefined;
    const held = account.second_factor || account.roles.some((role) => role !== 'customer');
    if (!held) return account;
    this.logger.warn({ event: 'account-not-moved', user: account.id }, 'an account with a role or a second factor');
    return undefined;
  }
}

function shown({ id, email, name, email_verified: emailVerified }: AccountRow): MovingAccount {
  return { id, email, name, emailVerified };
}
