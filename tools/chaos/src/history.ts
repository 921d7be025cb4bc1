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

/** What a client does with the store. */
export type OperationKind =
  | 'place'
  | 'read-order'
  | 'cancel'
  | 'write-cart'
  | 'read-cart'
  | 'deliver'
  | 'release'
  | 'return'
  | 'refund';

/** One operation of one client, from before its request to after its answer. Times are milliseconds of one clock. */
export interface Operation {
  readonly client: string;
  readonly kind: OperationKind;
  /** The order, the product in the cart, or the key under which an order is placed. */
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  /** `unknown`: no answer came, or one that does not tell: it may have been carried out, then or later, or not. */
  readonly outcome: 'ok' | 'refused' | 'unknown';
  /** What was written or read: how far an order is in its history, how many of a product are in a cart. */
  readonly value?: number;
}

/** An answer as the history needs it. */
export interface Outcome {
  readonly outcome: Operation['outcome'];
  readonly value?: number | undefined;
}

/** All that the clients did and saw. */
export class History {
  readonly purchases: Purchase[] = [];
  readonly operations: Operation[] = [];
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

  /** Carries an operation out and writes it down, with what `read` makes of its answer; where it throws, as unknown. */
  async record<T>(
    { client, kind, subject }: Pick<Operation, 'client' | 'kind' | 'subject'>,
    act: () => Promise<T>,
    read: (answer: T) => Outcome,
  ): Promise<T> {
    const start = performance.now();
    const note = ({ outcome, value }: Outcome): void => {
      const end = performance.now();
      this.operations.push({ client, kind, subject, start, end, outcome, ...(value === undefined ? {} : { value }) });
    };
    try {
      const answer = await act();
      note(read(answer));
      return answer;
    } catch (error) {
      note({ outcome: 'unknown' });
      throw error;
    }
  }
}
