import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SecondFactorExistsError } from '../auth.errors.js';
import { Reauthenticator } from '../user/reauthenticate.js';
import { SecondFactor } from './second-factor.js';
import { totpUri } from './totp.js';

/** What an authenticator app is to be told. */
export interface TotpSecret {
  readonly secret: string;
  readonly uri: string;
}

/** Begins to add an authenticator app to the account; nothing is asked for until a code of it has come back. */
export class EnrolTotp extends Command<TotpSecret> {
  constructor(
    readonly accountId: string,
    readonly currentPassword: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws a WrongPasswordError (S29), a SecondFactorExistsError. */
@CommandHandler(EnrolTotp)
export class EnrolTotpHandler implements ICommandHandler<EnrolTotp> {
  constructor(
    private readonly reauthenticator: Reauthenticator,
    private readonly database: Database,
    private readonly factor: SecondFactor,
  ) {}

  async execute({ accountId, currentPassword, ip }: EnrolTotp): Promise<TotpSecret> {
    const { email } = await this.reauthenticator.require(accountId, currentPassword, ip);
    const secret = await this.factor.enrol(this.database, accountId);
    if (secret === undefined) throw new SecondFactorExistsError();
    return { secret, uri: totpUri(secret, email) };
  }
}
