import { createHash } from 'node:crypto';
import { RateLimiter } from '@lethe/rate-limits';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { AuthLimits } from '../auth.limits.js';

/** Who tries to sign in, and from where. */
export interface LoginAttempt {
  /** The account's e-mail key, whether there is such an account or not (S26). */
  readonly key: string;
  readonly ip: string;
}

/** The one key of what is counted for all. */
const EVERYONE = 'everyone';

/**
 * Bounds failed sign-ins per account, per address and of all, counted where all replicas see them (S27, S51). Only
 * failures count, so that many good sign-ins at once harm nobody; they are counted again after the check, so that many
 * guesses at once cannot get past the limit. When all together have failed too often, those wait who failed themselves:
 * a flood from many addresses has one guess from each, and locks out nobody else.
 */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly limits: AuthLimits,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws a TooManyRequestsError. */
  async admit({ key, ip }: LoginAttempt): Promise<void> {
    const [address] = await Promise.all([
      this.limiter.peek(this.limits.failuresPerIp, ip),
      this.limiter.peek(this.limits.failuresPerAccount, key),
    ]);
    const failedLately = address.remaining < address.rule.limit;
    if (failedLately) await this.limiter.peek(this.limits.failures, EVERYONE);
  }

  /** Throws a TooManyRequestsError where the limit has been reached meanwhile. */
  async failed({ key, ip }: LoginAttempt): Promise<void> {
    this.logger.warn({ event: 'login', outcome: 'failed', account: pseudonym(key), ip }, 'sign-in failed');
    await Promise.all([
      this.limiter.take(this.limits.failuresPerIp, ip),
      this.limiter.take(this.limits.failuresPerAccount, key),
    ]);
    await this.limiter.take(this.limits.failures, EVERYONE);
  }

  /** Throws a TooManyRequestsError where this was one guess of too many at once. */
  async succeeded(attempt: LoginAttempt, accountId: string): Promise<void> {
    await this.admit(attempt);
    this.logger.info({ event: 'login', outcome: 'ok', user: accountId, ip: attempt.ip }, 'signed in');
  }
}

/** Lets lines about one unknown account be found together without naming its owner. */
function pseudonym(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}
