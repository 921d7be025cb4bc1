import { type authService, SendCode } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { RateLimiter } from '@lethe/rate-limits';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuthLimits } from '../auth.limits.js';
import { WISH_EMAIL } from '../user/account.sql.js';
import { Reauthenticator } from '../user/reauthenticate.js';

/** Asks for another address, to which a code is mailed; the account keeps its own until that comes back. */
export class ChangeEmail extends Command<void> {
  constructor(
    readonly accountId: string,
    readonly email: string,
    readonly currentPassword: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Says nothing of whether another account has the address. Throws a WrongPasswordError, a TooManyRequestsError (S29). */
@CommandHandler(ChangeEmail)
export class ChangeEmailHandler implements ICommandHandler<ChangeEmail> {
  constructor(
    private readonly reauthenticator: Reauthenticator,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    private readonly units: UnitOfWork<typeof authService>,
  ) {}

  async execute({ accountId, email, currentPassword, ip }: ChangeEmail): Promise<void> {
    await this.reauthenticator.require(accountId, currentPassword, ip);
    await this.limiter.take(this.limits.codesPerAccount, accountId);
    await this.units.run(async ({ tx, emit }) => {
      await tx.query(WISH_EMAIL, [accountId, email]);
      emit(SendCode, { accountId, purpose: 'change-email' }, { key: accountId });
    });
  }
}
