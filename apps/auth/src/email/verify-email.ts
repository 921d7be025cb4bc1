import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { CodeRedemption } from '../code/code-redemption.js';
import { VERIFY_EMAIL } from '../user/account.sql.js';

/** Shows that mail to the address arrives; nobody need be signed in. */
export class VerifyEmail extends Command<void> {
  constructor(
    readonly email: string,
    readonly code: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws an InvalidCodeError, a TooManyRequestsError. */
@CommandHandler(VerifyEmail)
export class VerifyEmailHandler implements ICommandHandler<VerifyEmail> {
  constructor(
    private readonly redemption: CodeRedemption,
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, code, ip }: VerifyEmail): Promise<void> {
    const { account, use } = await this.redemption.check('verify-email', email, code, ip);
    await this.database.transaction(async (tx) => {
      await use(tx);
      await tx.query(VERIFY_EMAIL, [account.id]);
      await this.audit.record(tx, { event: 'email-verified', accountId: account.id, facts: { ip } });
    });
  }
}
