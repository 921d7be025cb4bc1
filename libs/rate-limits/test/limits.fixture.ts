import { type Clock } from '@lethe/kernel';
import { RateLimiter } from '../src/rate-limiter.js';
import { TooManyRequestsError } from '../src/rate-limits.errors.js';
import { type RateRule } from '../src/rate-rule.js';
import { type RateLimitStore } from '../src/store/rate-limit-store.js';

/** A store of its own for one run of the suite. */
export interface StoreUnderTest {
  /** The store as one more replica opens it; without a clock, as in production. */
  replica(clock?: Clock): RateLimitStore;
  /** All that is stored, as text, and the bytes of the largest counter. */
  contents(): Promise<{ text: string; largestBytes: number }>;
  close(): Promise<void>;
}

export const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };

/** Makes limiters of replicas that share the store under test. */
export const limitersOf = (under: () => StoreUnderTest) => (clock?: Clock) =>
  new RateLimiter({ store: under().replica(clock) });

/** `ok`, the seconds to wait, or the error. */
export const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (reason: unknown) => (reason instanceof TooManyRequestsError ? reason.retryAfterSeconds : reason),
  );

/** Takes all five permits of the rule, one after the other. */
export async function takeAll(limiter: RateLimiter, key: string): Promise<void> {
  for (const _ of [1, 2, 3, 4, 5]) await limiter.take(rule, key);
}
