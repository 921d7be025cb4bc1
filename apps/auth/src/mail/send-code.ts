import { type CodePurpose } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Codes } from '../code/codes.js';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_ID } from '../user/account.sql.js';
import { codeMail, noticeMail } from './mail-texts.js';
import { Mailer } from './mailer.js';

/** Makes a code where it is sent, and sends it. */
export class MailCode extends Command<void> {
  constructor(
    /** Of the message that asks for it. */
    readonly messageId: string,
    readonly accountId: string,
    readonly purpose: CodePurpose,
  ) {
    super();
  }
}

/**
 * A redelivery makes another code while none was sent, and does nothing after; one that comes between sending and its
 * note sends a second mail, whose code replaces the first. Throws a MailError.
 */
@CommandHandler(MailCode)
export class MailCodeHandler implements ICommandHandler<MailCode> {
  constructor(
    private readonly database: Database,
    private readonly codes: Codes,
    private readonly mailer: Mailer,
  ) {}

  async execute({ messageId, accountId, purpose }: MailCode): Promise<void> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [accountId]);
    const address = account && addressFor(account, purpose);
    if (account === undefined || address === undefined) return;
    const binding = { accountId, purpose, address };
    const code = await this.codes.make(this.database, binding, messageId);
    if (code === undefined) return;
    await this.mailer.send(codeMail(address, purpose, code));
    if (purpose === 'change-email') await this.mailer.send(noticeMail(account.email, 'email-change-asked'));
    await this.codes.sent(this.database, binding, messageId);
  }
}

/** Where the code goes; undefined where none is wanted any more. */
function addressFor(account: AccountRow, purpose: CodePurpose): string | undefined {
  if (purpose === 'change-email') return account.pending_email ?? undefined;
  if (purpose === 'verify-email' && account.email_verified) return undefined;
  return account.email;
}
