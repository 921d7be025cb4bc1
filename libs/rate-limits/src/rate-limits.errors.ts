import { ProblemError } from '@lethe/kernel';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { type RateLimitStatus } from './rate-rule.js';

/** A limit is used up: 429 with the seconds until the next permit comes back, in `Retry-After` and in `RateLimit`. */
export class TooManyRequestsError extends ProblemError {
  override readonly name = 'TooManyRequestsError';

  constructor(readonly limit: RateLimitStatus) {
    super(429, 'too-many-requests', {
      headers: { ...rateLimitHeaders([limit]), 'retry-after': String(limit.resetSeconds) },
      // The member that section 5.1 of the draft defines for its own problem type.
      extensions: { 'violated-policies': [limit.rule.name] },
    });
  }

  /** Name of the rule that refused. */
  get rule(): string {
    return this.limit.rule.name;
  }

  /** Whole seconds after which a permit is back; at least 1. */
  get retryAfterSeconds(): number {
    return this.limit.resetSeconds;
  }
}

/** The counters of a limit that fails closed cannot be reached, or too many replicas want the same one: 503. */
export class RateLimitUnavailableError extends ProblemError {
  override readonly name = 'RateLimitUnavailableError';

  constructor(cause: unknown) {
    super(503, 'rate-limit-unavailable', { headers: { 'retry-after': '1' }, cause });
  }
}

/**
 * So many replicas want one counter at once that none could be given a permit in time. Refused whatever the rule says of
 * failures: whoever floods a counter must not switch it off by that.
 */
export class RateLimitContentionError extends Error {
  override readonly name = 'RateLimitContentionError';

  constructor(id: string, attempts: number, cause: unknown) {
    super(`the counter ${id} was changed by others in each of ${attempts} attempts`, { cause });
  }
}

/** A stored counter is in no format that this library wrote. */
export class WindowLogFormatError extends Error {
  override readonly name = 'WindowLogFormatError';
}

/** A rule cannot be kept as it is written, or a route names a rule that there is not. */
export class RateRuleError extends Error {
  override readonly name = 'RateRuleError';
}
