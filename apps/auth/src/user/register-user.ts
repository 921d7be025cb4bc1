import { type Profile, type Role } from '@lethe/contracts';
import { Database, isUniqueViolation } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { RateLimiter } from '@lethe/rate-limits';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EmailTakenError } from '../auth.errors.js';
import { AuthLimits } from '../auth.limits.js';
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

/** Throws an EmailTakenError, or a TooManyRequestsError. */
@CommandHandler(RegisterUser)
export class RegisterUserHandler implements ICommandHandler<RegisterUser> {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ email, password, name, ip }: RegisterUser): Promise<Profile> {
    await this.limiter.take(this.limits.registrationsPerIp, ip);
    const id = uuidv7();
    const roles: Role[] = ['customer'];
    const hash = await this.hasher.hash(password);
    try {
      await this.database.query(INSERT_ACCOUNT, [id, email, emailKey(email), name, roles, hash]);
    } catch (error) {
      throw isUniqueViolation(error, 'account_email_key') ? new EmailTakenError() : error;
    }
    this.logger.info({ event: 'registered', user: id, ip }, 'account created');
    return profileOf({ id, email, name, roles });
  }
}
