import { type RateLimitStatus } from './rate-rule.js';

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11 (May 2026): lists of structured fields,
 * a member per rule, in the order given. Nothing of a limit that was not enforced. The partition key (`pk`) is left out:
 * the caller knows who he is, and it would tell where he is counted.
 */
export function rateLimitHeaders(statuses: readonly RateLimitStatus[]): Record<string, string> {
  const enforced = statuses.filter((status) => status.enforced);
  if (enforced.length === 0) return {};
  return {
    'ratelimit-policy': enforced
      .map(({ rule: { name, limit, windowSeconds } }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    ratelimit: enforced
      .map(({ rule: { name }, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}
