import { counterOf } from './counter-of.js';
import { Outage } from './outage.js';
import {
  RateLimitContentionError,
  RateLimitUnavailableError,
  TooManyRequestsError,
  WindowLogFormatError,
} from './rate-limits.errors.js';
import { type RateLimitStatus, type RateRule } from './rate-rule.js';
import { type Counter, type RateLimitStore, type Tally } from './store/rate-limit-store.js';

/** Options of {@link RateLimiter}. */
export interface RateLimiterOptions {
  readonly store: RateLimitStore;
  /** Told when the counters cannot be reached. */
  readonly onError?: (error: unknown, rule: RateRule) => void;
  /** Milliseconds that never go back; default `performance.now`. */
  readonly monotonic?: () => number;
}

/**
 * Limits that all replicas share (S27, S51): never more than `limit` permits are out in any interval of `windowSeconds`,
 * wherever it begins, however many ask at once and whichever replica they ask.
 */
export class RateLimiter {
  readonly #store: RateLimitStore;
  readonly #outage: Outage;
  readonly #onError: NonNullable<RateLimiterOptions['onError']>;

  constructor({ store, onError = () => undefined, monotonic = () => performance.now() }: RateLimiterOptions) {
    this.#store = store;
    this.#outage = new Outage(monotonic);
    this.#onError = onError;
  }

  /**
   * Takes one of the rule's permits for the key. Throws a TooManyRequestsError when none is left, a
   * RateLimitUnavailableError where the counters cannot be reached and the rule fails closed, a RateRuleError for a rule
   * that cannot be kept.
   */
  async take(rule: RateRule, key: string): Promise<RateLimitStatus> {
    return this.#judge(
      rule,
      key,
      (counter) => this.#store.take(counter, 1),
      ({ granted }) => granted > 0,
    );
  }

  /**
   * Throws as {@link take} does if no permit is left, and takes none: for what counts only when it fails, such as a
   * login. Whoever peeks before the work should take or peek again after it, or parallel calls get past the limit.
   */
  async peek(rule: RateRule, key: string): Promise<RateLimitStatus> {
    return this.#judge(
      rule,
      key,
      (counter) => this.#store.peek(counter),
      ({ used }) => used < rule.limit,
    );
  }

  async #judge(
    rule: RateRule,
    key: string,
    ask: (counter: Counter) => Promise<Tally>,
    admits: (tally: Tally) => boolean,
  ): Promise<RateLimitStatus> {
    const counter = counterOf(rule, key);
    if (!this.#outage.tries()) return this.#unavailable(rule, this.#outage.cause);
    let tally: Tally;
    try {
      tally = await ask(counter);
      this.#outage.succeeded();
    } catch (error) {
      this.#onError(error, rule);
      if (error instanceof RateLimitContentionError) throw new RateLimitUnavailableError(error);
      // One counter that cannot be read says nothing of the others.
      if (!(error instanceof WindowLogFormatError)) this.#outage.failed(error);
      return this.#unavailable(rule, error);
    }
    const remaining = Math.max(0, rule.limit - tally.used);
    const resetSeconds = Math.ceil(Math.max(0, tally.nextMs) / 1000);
    if (admits(tally)) return { rule, remaining, resetSeconds, enforced: true };
    throw new TooManyRequestsError({ rule, remaining: 0, resetSeconds: Math.max(1, resetSeconds), enforced: true });
  }

  #unavailable(rule: RateRule, cause: unknown): RateLimitStatus {
    if (rule.onFailure === 'closed') throw new RateLimitUnavailableError(cause);
    return { rule, remaining: rule.limit, resetSeconds: 0, enforced: false };
  }
}
