import { type authService, SendNotice } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { InvalidCodeError } from '../auth.errors.js';
import { CodeRedemption } from '../code/code-redemption.js';
import { SessionEnder } from '../session/session-ender.js';
import { RESET_PASSWORD } from '../user/account.sql.js';
import { PasswordHasher } from '../user/password-hasher.js';
import { PasswordRules } from './password-rules.js';

/** Gives the account another password, for whoever has the code that was mailed to its address (S28). */
export class ResetPassword extends Command<void> {
  constructor(
    readonly email: string,
    readonly code: string,
    readonly newPassword: string,
    readonly ip: string,
  ) {
    super();
  }
}

/**
 * Ends every sign-in of the account; a second factor stays. Of the new password is told only to who has the right code
 * (S26). Throws an InvalidCodeError, a PredictablePasswordError, a TooManyRequestsError.
 */
@CommandHandler(ResetPassword)
export class ResetPasswordHandler implements ICommandHandler<ResetPassword> {
  constructor(
    private readonly redemption: CodeRedemption,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly units: UnitOfWork<typeof authService>,
    private readonly sessions: SessionEnder,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, code, newPassword, ip }: ResetPassword): Promise<void> {
    const { account, use } = await this.redemption.check('reset-password', email, code, ip);
    await this.rules.require(newPassword, account, '/newPassword');
    const hash = await this.hasher.hash(newPassword);
    const accountId = account.id;
    await this.units.run(async ({ tx, emit }) => {
      await use(tx);
      const changed = await tx.query(RESET_PASSWORD, [accountId, hash]);
      if (changed.length === 0) throw new InvalidCodeError();
      await this.sessions.endSessions(tx, { accountId }, 'password reset');
      await this.audit.record(tx, { event: 'password-reset', accountId, facts: { ip } });
      emit(SendNotice, { accountId, notice: 'password-changed' }, { key: accountId });
    });
  }
}
