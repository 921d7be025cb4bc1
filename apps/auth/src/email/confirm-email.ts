import { type Profile } from '@lethe/contracts';
import { Database, isUniqueViolation } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { AccountGoneError, EmailTakenError, InvalidCodeError } from '../auth.errors.js';
import { Codes } from '../code/codes.js';
import { type AccountRow, profileOf } from '../user/account.js';
import { ACCOUNT_BY_ID, CHANGE_EMAIL } from '../user/account.sql.js';
import { emailKey } from '../user/email-key.js';

/** Moves the account to the address that it asked for, with the code that was mailed there. */
export class ConfirmEmail extends Command<Profile> {
  constructor(
    readonly accountId: string,
    readonly code: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws an InvalidCodeError, an EmailTakenError where another account was faster, an AccountGoneError. */
@CommandHandler(ConfirmEmail)
export class ConfirmEmailHandler implements ICommandHandler<ConfirmEmail> {
  constructor(
    private readonly database: Database,
    private readonly codes: Codes,
    private readonly audit: AuditLog,
  ) {}

  async execute({ accountId, code, ip }: ConfirmEmail): Promise<Profile> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [accountId]);
    if (!account) throw new AccountGoneError();
    const email = account.pending_email;
    if (email === null) throw new InvalidCodeError();
    const binding = { purpose: 'change-email', accountId, address: email } as const;
    const hash = await this.codes.check(this.database, binding, code);
    try {
      await this.database.transaction(async (tx) => {
        await this.codes.use(tx, binding, hash);
        const changed = await tx.query(CHANGE_EMAIL, [accountId, email, emailKey(email)]);
        if (changed.length === 0) throw new InvalidCodeError();
        await this.audit.record(tx, { event: 'email-changed', accountId, facts: { ip } });
      });
    } catch (error) {
      throw isUniqueViolation(error, 'account_email_key') ? new EmailTakenError() : error;
    }
    return profileOf({ ...account, email, email_verified: true });
  }
}
