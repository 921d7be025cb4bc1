import { type RateRule } from '@lethe/rate-limits';
import { type AuthConfig } from './auth.config.js';

const FIVE_MINUTES = 300;

/** The limits of auth (S27, S51). All fail open: an outage of the counters must not sign everyone out (R37). */
export class AuthLimits {
  readonly failuresPerAccount: RateRule;
  readonly failuresPerIp: RateRule;
  readonly registrationsPerIp: RateRule;

  constructor(
    config: Pick<AuthConfig, 'LOGIN_FAILURES_PER_ACCOUNT' | 'LOGIN_FAILURES_PER_IP' | 'REGISTRATIONS_PER_IP'>,
  ) {
    this.failuresPerAccount = {
      name: 'login-failures-account',
      limit: config.LOGIN_FAILURES_PER_ACCOUNT,
      windowSeconds: FIVE_MINUTES,
    };
    this.failuresPerIp = {
      name: 'login-failures-ip',
      limit: config.LOGIN_FAILURES_PER_IP,
      windowSeconds: FIVE_MINUTES,
    };
    this.registrationsPerIp = { name: 'registrations-ip', limit: config.REGISTRATIONS_PER_IP, windowSeconds: 60 };
  }
}
