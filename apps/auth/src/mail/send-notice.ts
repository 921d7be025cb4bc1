import { type AccountNotice } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_ID } from '../user/account.sql.js';
import { noticeMail } from './mail-texts.js';
import { Mailer } from './mailer.js';

/** Tells the owner what was done to the account. Twice delivered is twice told. */
export class MailNotice extends Command<void> {
  constructor(
    readonly accountId: string,
    readonly notice: AccountNotice,
  ) {
    super();
  }
}

/** Throws a MailError. */
@CommandHandler(MailNotice)
export class MailNoticeHandler implements ICommandHandler<MailNotice> {
  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
  ) {}

  async execute({ accountId, notice }: MailNotice): Promise<void> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [accountId]);
    if (account) await this.mailer.send(noticeMail(account.email, notice));
  }
}
