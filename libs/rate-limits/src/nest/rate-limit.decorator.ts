import { SetMetadata, UseGuards, applyDecorators } from '@nestjs/common';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RATE_LIMITS } from './rate-limits.metadata.js';

/**
 * Limits a route by the rules of these names, which {@link RateLimitsModule} is given; the names are checked when the
 * application starts. Its guard runs after the global ones, so that whoever calls is known; routes without it pay nothing.
 */
export const RateLimit = (...rules: readonly [string, ...string[]]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(RATE_LIMITS, rules), UseGuards(RateLimitGuard));
