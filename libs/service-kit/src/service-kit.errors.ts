import { ProblemError } from '@lethe/kernel';

/** The environment does not hold what a service needs; `faults` has one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`the configuration has ${faults.length} faults:\n${faults.join('\n')}`);
  }
}

/** The application would answer requests without a guard. */
export class UnguardedError extends Error {
  override readonly name = 'UnguardedError';

  constructor(service: string) {
    super(`${service} has no IdentityModule: its routes would be open to anyone. Import it, or pass unguarded: true.`);
  }
}

/** This replica has as many requests in flight as it may (R10): 503, try another. */
export class OverloadedError extends ProblemError {
  override readonly name = 'OverloadedError';

  constructor() {
    super(503, 'overloaded', { detail: 'too many requests at once', headers: { 'retry-after': '1' } });
  }
}

/** A limit per caller is used up: 429 with the seconds until it is whole again. */
export class TooManyRequestsError extends ProblemError {
  override readonly name = 'TooManyRequestsError';

  constructor(
    readonly rule: string,
    readonly retryAfterSeconds: number,
  ) {
    super(429, 'too-many-requests', { headers: { 'retry-after': String(retryAfterSeconds) } });
  }
}

/** The counters of a limit that fails closed cannot be reached: 503. */
export class RateLimitUnavailableError extends ProblemError {
  override readonly name = 'RateLimitUnavailableError';

  constructor(cause: unknown) {
    super(503, 'rate-limit-unavailable', { headers: { 'retry-after': '1' }, cause });
  }
}

/** A dependency did not answer its readiness check in time. */
export class CheckTimeoutError extends Error {
  override readonly name = 'CheckTimeoutError';

  constructor(check: string, milliseconds: number) {
    super(`the check "${check}" took more than ${milliseconds} ms`);
  }
}
