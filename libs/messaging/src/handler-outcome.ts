import type { SqsContext } from './nest/sqs-context.js';

/**
 * Thrown or returned by a handler: not now, try again after so many seconds. Unlike an error it is expected, and is
 * logged at debug level. It counts as a receive: after the queue's maxReceiveCount SQS dead-letters the message.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** Throws a RangeError unless `seconds` is from 0 to 43 200, the longest visibility timeout of SQS. */
  constructor(
    readonly seconds: number,
    reason = 'not now',
    options?: ErrorOptions,
  ) {
    super(`retry after ${seconds} s: ${reason}`, options);
    if (!(seconds >= 0 && seconds <= 43_200)) throw new RangeError(`RetryLater: ${seconds} is not from 0 to 43200 s`);
  }
}

/** Thrown or returned by a handler: no retry can mend this message; it goes to the dead-letter queue now, with the reason. */
export class Reject extends Error {
  override readonly name = 'Reject';
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`rejected: ${reason}`, options);
  }
}

/** How a handler ended. */
export type HandlerOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: unknown; readonly afterSeconds?: number }
  | {
      readonly kind: 'reject';
      /** A word for the kind of fault, as the dead-letter queue shows it. */
      readonly reason: string;
      readonly detail: string;
      readonly error: unknown;
    };

/** What a thrown or returned value means. */
export function outcomeOf(value: unknown, thrown: boolean): HandlerOutcome {
  if (value instanceof RetryLater) return { kind: 'retry', error: value, afterSeconds: value.seconds };
  if (value instanceof Reject) {
    return { kind: 'reject', reason: 'rejected', detail: value.reason, error: value };
  }
  return thrown ? { kind: 'retry', error: value } : { kind: 'done' };
}

/**
 * The outcomes as the handlers had them. Nest replaces an error by `{ status: 'error', message: 'Internal server error' }`
 * before the transport sees it, so the handler's wrapper leaves the original here.
 */
const outcomes = new WeakMap<SqsContext, HandlerOutcome>();

/** Keeps the outcome of the handler that ran with this context. */
export function recordOutcome(context: SqsContext, outcome: HandlerOutcome): void {
  outcomes.set(context, outcome);
}

export function recordedOutcome(context: SqsContext): HandlerOutcome | undefined {
  return outcomes.get(context);
}
