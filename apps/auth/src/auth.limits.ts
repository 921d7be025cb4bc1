import { type RateRule, type RequestRule } from '@lethe/rate-limits';
import { type AuthConfig } from './auth.config.js';

const MINUTE = 60;
const FIVE_MINUTES = 300;
const QUARTER_HOUR = 900;
const HOUR = 3_600;

/**
 * The limits of auth (S27, S51). They fail open, since an outage of the counters must not sign everyone out (R37); but six
 * digits are too few to be guessed at freely.
 */
export class AuthLimits {
  readonly failuresPerAccount: RateRule;
  readonly failuresPerIp: RateRule;
  /** Of all addresses together. */
  readonly failures: RateRule;
  readonly registrationsPerIp: RateRule;
  readonly registrations: RateRule;
  readonly secondFactorFailures: RateRule;
  readonly codesPerAccount: RateRule;
  readonly codesPerIp: RateRule;
  readonly codeTriesPerIp: RateRule;

  constructor(
    config: Pick<
      AuthConfig,
      | 'LOGIN_FAILURES_PER_ACCOUNT'
      | 'LOGIN_FAILURES_PER_IP'
      | 'LOGIN_FAILURES'
      | 'REGISTRATIONS_PER_IP'
      | 'REGISTRATIONS'
      | 'CODES_PER_IP'
    >,
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
      addresses: true,
    };
    this.failures = { name: 'login-failures', limit: config.LOGIN_FAILURES, windowSeconds: FIVE_MINUTES };
    this.registrationsPerIp = {
      name: 'registrations-ip',
      limit: config.REGISTRATIONS_PER_IP,
      windowSeconds: MINUTE,
      addresses: true,
    };
    this.registrations = { name: 'registrations', limit: config.REGISTRATIONS, windowSeconds: MINUTE };
    // At most 960 guesses a day, each of which three codes of a million fit: 0.3 % a day for who has the password.
    this.secondFactorFailures = {
      name: 'second-factor-failures',
      limit: 10,
      windowSeconds: QUARTER_HOUR,
      onFailure: 'closed',
    };
    this.codesPerAccount = { name: 'codes-account', limit: 5, windowSeconds: HOUR };
    this.codesPerIp = { name: 'codes-ip', limit: config.CODES_PER_IP, windowSeconds: HOUR, addresses: true };
    this.codeTriesPerIp = {
      name: 'code-tries-ip',
      limit: config.CODES_PER_IP,
      windowSeconds: FIVE_MINUTES,
      addresses: true,
    };
  }
}

/** Rules that routes name by `@RateLimit`. */
export function authRouteLimits({
  REFRESHES_PER_IP,
  SIGN_IN_PAGES_PER_IP,
}: Pick<AuthConfig, 'REFRESHES_PER_IP' | 'SIGN_IN_PAGES_PER_IP'>): readonly RequestRule[] {
  return [
    { name: 'refreshes-ip', limit: REFRESHES_PER_IP, windowSeconds: MINUTE, by: 'address' },
    { name: 'sign-in-pages-ip', limit: SIGN_IN_PAGES_PER_IP, windowSeconds: MINUTE, by: 'address' },
  ];
}
