export { RateLimit } from './rate-limit.decorator.js';
export { RateLimitGuard } from './rate-limit.guard.js';
export { RateLimitsModule, type RateLimitsOptions } from './rate-limits.module.js';
