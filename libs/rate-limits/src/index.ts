export { addressKey } from './address-key.js';
export { rateLimitHeaders } from './rate-limit-headers.js';
export { RateLimiter, type RateLimiterOptions } from './rate-limiter.js';
export {
  RateLimitContentionError,
  RateLimitUnavailableError,
  RateRuleError,
  TooManyRequestsError,
  WindowLogFormatError,
} from './rate-limits.errors.js';
export { type RateLimitStatus, type RateRule } from './rate-rule.js';
export { DynamoDbRateLimits, type DynamoDbRateLimitsOptions } from './store/dynamodb-rate-limits.js';
export { type Counter, type RateLimitStore, type Tally } from './store/rate-limit-store.js';
export { ValkeyRateLimits, type ValkeyRateLimitsOptions } from './store/valkey-rate-limits.js';
export { expressRateLimit } from './web/express.js';
export { fastifyRateLimit } from './web/fastify.js';
export {
  type LimitedReply,
  type LimitedRequest,
  type Partition,
  type RequestLimits,
  type RequestRule,
} from './web/limit-request.js';
