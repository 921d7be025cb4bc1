/** A counter: how many permits may be out in any interval of so many milliseconds. */
export interface Counter {
  /** Tells counters apart; holds nothing that must not be seen. */
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** What became of a take, and how the counter stands after it. */
export interface Tally {
  /** How many of the permits wanted were given. */
  readonly granted: number;
  /** Permits out, those just given included. */
  readonly used: number;
  /** Milliseconds until the next of them comes back; 0 where none is out. */
  readonly nextMs: number;
}

/** Where permits are counted for all replicas. Methods reject when it cannot be reached. */
export interface RateLimitStore {
  /** Takes as many of the permits wanted as there are, in one atomic step. */
  take(counter: Counter, wanted: number): Promise<Tally>;
  /** How the counter stands; takes nothing. */
  peek(counter: Counter): Promise<Tally>;
}
