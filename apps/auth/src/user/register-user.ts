import { type Profile, type Role, SendCode, type authService } from '@lethe/contracts';
import { isUniqueViolation } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { RateLimiter } from '@lethe/rate-limits';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EmailTakenError } from '../auth.errors.js';
import { AuthLimits } from '../auth.limits.js';
import { PasswordRules } from '../password/password-rules.js';
import { profileOf } from './account.js';
import { INSERT_ACCOUNT } from './account.sql.js';
import { emailKey } from './email-key.js';
import { PasswordHasher } from './password-hasher.js';

/** Makes an account for a customer. */
export class RegisterUser extends Command<Profile> {
  constructor(
    readonly email: string,
    readonly password: string,
    readonly name: string,
    /** Address of the caller, for the limit. */
    readonly ip: string,
  ) {
    super();
  }
}

/** Throws an EmailTakenError, a PredictablePasswordError, or a TooManyRequestsError. */
@CommandHandler(RegisterUser)
export class RegisterUserHandler implements ICommandHandler<RegisterUser> {
  constructor(
    private readonly units: UnitOfWork<typeof authService>,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ email, password, name, ip }: RegisterUser): Promise<Profile> {
    await this.limiter.take(this.limits.registrationsPerIp, ip);
    await this.limiter.take(this.limits.registrations, 'everyone');
    await this.rules.require(password, { email, name }, '/password');
    const id = uuidv7();
    const roles: Role[] = ['customer'];
    const hash = await this.hasher.hash(password);
    try {
      await this.units.run(async ({ tx, emit }) => {
        await tx.query(INSERT_ACCOUNT, [id, email, emailKey(email), name, roles, hash]);
        emit(SendCode, { accountId: id, purpose: 'verify-email' }, { key: id });
      });
    } catch (error) {
      throw isUniqueViolation(error, 'account_email_key') ? new EmailTakenError() : error;
    }
    this.logger.info({ event: 'registered', user: id, ip }, 'account created');
    return profileOf({ id, email, name, roles, email_verified: false });
  }
}
