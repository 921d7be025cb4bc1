/** One delivery that has ended. */
export interface Settled {
  readonly outcome: 'done' | 'retried' | 'dead-lettered';
  /** Whether SQS took the delete, the retry or the dead letter. If not, the message comes back. */
  readonly accepted: boolean;
  readonly type: string | undefined;
  readonly messageId: string | undefined;
  readonly sqsMessageId: string;
  readonly receiveCount: number;
  /** Milliseconds from receipt to the end of the handler. */
  readonly durationMs: number;
  /** Milliseconds from being sent to the queue to the end of the handler. */
  readonly ageMs: number | undefined;
  /** `Class.method`, where the message came that far. */
  readonly handler?: string | undefined;
  /** The group of a FIFO or fair queue. */
  readonly groupId?: string | undefined;
  /** Why it was dead-lettered: `unknown-type`, `invalid-data`, `rejected` … */
  readonly reason?: string | undefined;
  /** The original error of the handler, a RetryLater or Reject included. */
  readonly error?: unknown;
}

/** How busy a consumer is. */
export interface ConsumerState {
  /** Handlers that run. */
  readonly running: number;
  /** Messages held and not yet deleted, returned or dead-lettered, those that run included. */
  readonly held: number;
  /** Receive requests under way. */
  readonly polls: number;
}

/** Is told what a consumer does. Called in the consumer's own turn: must not throw, and must not take long. */
export interface ConsumerObserver {
  /** A receive has ended: messages it brought (0 for an empty one) and the milliseconds it took. */
  received?(count: number, waitedMs: number): void;
  /** A delivery has ended. */
  settled?(settled: Settled): void;
  /** Has changed; told at most once per receive or settlement. */
  state?(state: ConsumerState): void;
}

/** Tells each of several observers. */
export function observers(...all: readonly (ConsumerObserver | undefined)[]): ConsumerObserver {
  const told = all.filter((observer) => observer !== undefined);
  return {
    received: (count, waitedMs) => {
      for (const observer of told) observer.received?.(count, waitedMs);
    },
    settled: (settled) => {
      for (const observer of told) observer.settled?.(settled);
    },
    state: (state) => {
      for (const observer of told) observer.state?.(state);
    },
  };
}
