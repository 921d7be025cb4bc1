import { type authService, SendCode } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { RateLimiter } from '@lethe/rate-limits';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuthLimits } from '../auth.limits.js';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_EMAIL } from '../user/account.sql.js';
import { emailKey } from '../user/email-key.js';

/** Asks for a code to be mailed to the address, if it has an account. */
export class RequestCode extends Command<void> {
  constructor(
    readonly purpose: 'reset-password' | 'verify-email',
    readonly email: string,
    readonly ip: string,
  ) {
    super();
  }
}

/**
 * Does the same whether there is an account or not: a message leaves for an account that is, or one that is not (S26). Throws
 * a TooManyRequestsError, counted by address as typed.
 */
@CommandHandler(RequestCode)
export class RequestCodeHandler implements ICommandHandler<RequestCode> {
  constructor(
    private readonly units: UnitOfWork<typeof authService>,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
  ) {}

  async execute({ purpose, email, ip }: RequestCode): Promise<void> {
    const key = emailKey(email);
    await this.limiter.take(this.limits.codesPerIp, ip);
    await this.limiter.take(this.limits.codesPerAccount, key);
    await this.units.run(async ({ tx, emit }) => {
      const [account] = await tx.query<AccountRow>(ACCOUNT_BY_EMAIL, [key]);
      const accountId = account?.id ?? uuidv7();
      emit(SendCode, { accountId, purpose }, { key: accountId });
    });
  }
}
