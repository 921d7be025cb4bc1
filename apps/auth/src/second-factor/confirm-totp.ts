import { type authService, SendNotice } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { RateLimiter } from '@lethe/rate-limits';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { InvalidCodeError } from '../auth.errors.js';
import { AuthLimits } from '../auth.limits.js';
import { SecondFactor } from './second-factor.js';

/** Makes sign-in ask for codes of the enrolled app; gives the recovery codes, which are shown only now. */
export class ConfirmTotp extends Command<string[]> {
  constructor(
    readonly accountId: string,
    readonly code: string,
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws an InvalidCodeError, a TooManyRequestsError. */
@CommandHandler(ConfirmTotp)
export class ConfirmTotpHandler implements ICommandHandler<ConfirmTotp> {
  constructor(
    private readonly units: UnitOfWork<typeof authService>,
    private readonly factor: SecondFactor,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    private readonly audit: AuditLog,
  ) {}

  async execute({ accountId, code, ip }: ConfirmTotp): Promise<string[]> {
    await this.limiter.take(this.limits.secondFactorFailures, accountId);
    return this.units.run(async ({ tx, emit }) => {
      const codes = await this.factor.confirm(tx, accountId, code);
      if (codes === undefined) throw new InvalidCodeError();
      await this.audit.record(tx, { event: 'second-factor-on', accountId, facts: { ip } });
      emit(SendNotice, { accountId, notice: 'second-factor-on' }, { key: accountId });
      return codes;
    });
  }
}
