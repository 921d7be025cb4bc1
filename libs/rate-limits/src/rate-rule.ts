/** So many in any interval of so many seconds, wherever the interval begins. */
export interface RateRule {
  /** Kebab-case; rules with one name share their counters. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** When the counters cannot be reached: let all through (`open`, the default) or none, with 503 (`closed`). */
  readonly onFailure?: 'open' | 'closed';
  /** Keys are addresses of clients: of an IPv6 address the first 64 bits count, the rest is the client's to choose. */
  readonly addresses?: boolean;
}

/** What is left of a limit. */
export interface RateLimitStatus {
  readonly rule: RateRule;
  /** Permits left. */
  readonly remaining: number;
  /** Whole seconds, rounded up, until the next permit comes back; 0 where none is out. */
  readonly resetSeconds: number;
  /** False where the counters could not be reached and the rule lets through. */
  readonly enforced: boolean;
}
