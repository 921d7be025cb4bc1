import { setTimeout as sleep } from 'node:timers/promises';
import { Stripe } from 'stripe';
import { type PaymentOperation, PaymentOutcomeUnknownError, PaymentRefusedError } from '../../orders.errors.js';
import { CircuitBreaker } from '../../outbound/circuit-breaker.js';
import { RetryBudget } from '../../outbound/retry-budget.js';
import { NoAnswerError } from './stripe.http.js';

const { StripeAPIError, StripeConnectionError, StripeError, StripeRateLimitError } = Stripe.errors;

/** The longest pause before the one repetition. */
const PAUSE_MS = 250;

/**
 * Calls of Stripe with what a dependency needs: one repetition where that may help and few were needed lately (R05,
 * R07), none while it is known to be down (R08), and errors in our words.
 */
export class StripeCalls {
  constructor(
    private readonly breaker: CircuitBreaker = new CircuitBreaker(),
    private readonly budget: RetryBudget = new RetryBudget(),
  ) {}

  /**
   * `work` is repeated with the same key, and so happens once. Throws a `PaymentOutcomeUnknownError` or a
   * `PaymentRefusedError`, and any error that is none of Stripe's.
   */
  async make<T>(operation: PaymentOperation, reference: string, work: () => Promise<T>): Promise<T> {
    if (!this.breaker.allows()) {
      throw new PaymentOutcomeUnknownError(operation, reference, 'not asked, for the provider is down');
    }
    try {
      const answer = await this.attempt(work);
      this.breaker.succeeded();
      this.budget.succeeded();
      return answer;
    } catch (error) {
      if (isUnanswered(error) && !isBusy(error)) this.breaker.failed();
      else this.breaker.succeeded();
      throw inOurWords(operation, reference, error);
    }
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isWorthRepeating(error) || !this.budget.take()) throw error;
      // Full jitter (R06).
      await sleep(Math.random() * PAUSE_MS);
      return work();
    }
  }
}

/** Whether Stripe did not say what became of the request. */
function isUnanswered(error: unknown): boolean {
  return (
    error instanceof StripeConnectionError || error instanceof StripeAPIError || error instanceof StripeRateLimitError
  );
}

/** The first request with this key is still being carried out. */
function isBusy(error: unknown): boolean {
  return error instanceof StripeError && error.statusCode === 409;
}

/** Not after a time-out, which has taken long enough, and not where Stripe says that it would answer the same. */
function isWorthRepeating(error: unknown): boolean {
  if (!isUnanswered(error) || !(error instanceof StripeError)) return false;
  if (error.headers?.['stripe-should-retry'] === 'false') return false;
  return !(error.detail instanceof NoAnswerError && error.detail.timedOut);
}

function inOurWords(operation: PaymentOperation, reference: string, error: unknown): unknown {
  if (!(error instanceof StripeError)) return error;
  if (isUnanswered(error)) {
    const detail = error.statusCode === undefined ? 'no answer' : `the provider answered ${error.statusCode}`;
    return new PaymentOutcomeUnknownError(operation, reference, detail, { cause: error });
  }
  return new PaymentRefusedError(operation, reference, error.statusCode ?? 0, error.code ?? error.type, {
    cause: error,
  });
}
