/** What one buyer asked for under one idempotency key, and what came of it. */
export interface Purchase {
  readonly key: string;
  readonly buyer: string;
  /**
   * `acknowledged`: the store answered 202. `refused`: it answered and did not take the order.
   * `unknown`: no answer came, so the order may or may not exist.
   */
  outcome: 'acknowledged' | 'refused' | 'unknown';
  readonly declines: boolean;
  orderId: string | undefined;
  /** Minor units, as acknowledged. */
  total: number | undefined;
}

/** A breach of an invariant of the store, with what an engineer needs to look it up. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** All that the buyers did and saw. */
export class History {
  readonly purchases: Purchase[] = [];
  /** Ids of clicks that the store accepted. */
  readonly clicks = new Set<string>();
  readonly violations: Violation[] = [];
  retries = 0;
  /** Requests repeated under their key after an answer, and answered from the store's memory. */
  duplicatesSuppressed = 0;
  signOuts = 0;

  violate(invariant: string, detail: string): void {
    this.violations.push({ invariant, detail });
  }
}
