/**
 * Lets retries be at most a tenth of the calls in the long run, so that a dependency that is down is not asked twice
 * as often (R07). A bucket of tokens: a success earns a tenth of one, a retry costs one.
 */
export class RetryBudget {
  private tokens: number;

  constructor(
    private readonly capacity = 10,
    private readonly earned = 0.1,
  ) {
    this.tokens = capacity;
  }

  succeeded(): void {
    this.tokens = Math.min(this.capacity, this.tokens + this.earned);
  }

  /** Takes a token for a retry, if there is one. */
  take(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
