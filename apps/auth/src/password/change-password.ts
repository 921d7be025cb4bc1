import { type authService, SendNotice } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { WrongPasswordError } from '../auth.errors.js';
import { SessionEnder } from '../session/session-ender.js';
import { REPLACE_HASH } from '../user/account.sql.js';
import { PasswordHasher } from '../user/password-hasher.js';
import { Reauthenticator } from '../user/reauthenticate.js';
import { PasswordRules } from './password-rules.js';

/** Gives the account another password, for whoever knows the present one (S29). */
export class ChangePassword extends Command<void> {
  constructor(
    readonly accountId: string,
    readonly currentPassword: string,
    readonly newPassword: string,
    readonly ip: string,
  ) {
    super();
  }
}

/**
 * Ends every sign-in of the account, this one too (S20). Throws a WrongPasswordError, also where the password changed
 * meanwhile, a PredictablePasswordError, a TooManyRequestsError.
 */
@CommandHandler(ChangePassword)
export class ChangePasswordHandler implements ICommandHandler<ChangePassword> {
  constructor(
    private readonly reauthenticator: Reauthenticator,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly units: UnitOfWork<typeof authService>,
    private readonly sessions: SessionEnder,
    private readonly audit: AuditLog,
  ) {}

  async execute({ accountId, currentPassword, newPassword, ip }: ChangePassword): Promise<void> {
    const account = await this.reauthenticator.require(accountId, currentPassword, ip);
    await this.rules.require(newPassword, account, '/newPassword');
    const hash = await this.hasher.hash(newPassword);
    await this.units.run(async ({ tx, emit }) => {
      const changed = await tx.query(REPLACE_HASH, [accountId, hash, account.password_hash]);
      if (changed.length === 0) throw new WrongPasswordError();
      await this.sessions.endSessions(tx, { accountId }, 'password changed');
      await this.audit.record(tx, { event: 'password-changed', accountId, facts: { ip } });
      emit(SendNotice, { accountId, notice: 'password-changed' }, { key: accountId });
    });
  }
}
