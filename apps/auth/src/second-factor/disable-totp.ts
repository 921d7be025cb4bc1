import { type authService, SendNotice } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { Reauthenticator } from '../user/reauthenticate.js';
import { DELETE_SECOND_FACTOR } from './second-factor.sql.js';

/** Removes the second factor and its recovery codes; the account need not have one. */
export class DisableTotp extends Command<void> {
  constructor(
    readonly accountId: string,
    readonly currentPassword: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws a WrongPasswordError (S29). */
@CommandHandler(DisableTotp)
export class DisableTotpHandler implements ICommandHandler<DisableTotp> {
  constructor(
    private readonly reauthenticator: Reauthenticator,
    private readonly units: UnitOfWork<typeof authService>,
    private readonly audit: AuditLog,
  ) {}

  async execute({ accountId, currentPassword, ip }: DisableTotp): Promise<void> {
    await this.reauthenticator.require(accountId, currentPassword, ip);
    await this.units.run(async ({ tx, emit }) => {
      const removed = await tx.query(DELETE_SECOND_FACTOR, [accountId]);
      if (removed.length === 0) return;
      await this.audit.record(tx, { event: 'second-factor-off', accountId, facts: { ip } });
      emit(SendNotice, { accountId, notice: 'second-factor-off' }, { key: accountId });
    });
  }
}
