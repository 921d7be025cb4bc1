import type { Received } from '../consumer/consumer.types.js';

/** Whose a message is: ours while hidden, nobody's once it was deleted or returned, perhaps another's once lost. */
export type Holding = 'held' | 'released' | 'lost';

/** One receive of a message, from receipt until it is settled. */
export class Delivery {
  /** Aborted when the message may be someone else's, or the consumer wants the handler to end. */
  abort = new AbortController();
  holding: Holding = 'held';
  /** On the monotonic clock, in milliseconds: when to extend, and when SQS may hand the message out again. */
  extendAt = 0;
  lostAt = 0;
  extending: Promise<void> | undefined;
  /** Tries in this process that failed, beyond the receives that SQS counts. */
  retries = 0;
  /** Whether an earlier message of its group was lost, so that this one must be handed out again after it. */
  overtaking = false;

  /** When its handler began and ended, on the monotonic clock. */
  startedAt = 0;
  endedAt = 0;

  constructor(
    readonly received: Received,
    /** On the monotonic clock, in milliseconds. */
    readonly receivedAt: number,
  ) {}

  /** Tries so far, this one included. */
  get attempt(): number {
    return this.received.receiveCount + this.retries;
  }

  /** The message as this try's handler sees it. */
  get seen(): Received {
    return this.retries === 0 ? this.received : { ...this.received, receiveCount: this.attempt };
  }

  /** Makes ready for another try in this process. */
  again(): void {
    this.retries += 1;
    this.abort = new AbortController();
  }
}
