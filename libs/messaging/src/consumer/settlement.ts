import { type BackoffOptions, type Timers, fullJitter, runInTrace } from '@lethe/kernel';
import type { HandlerOutcome } from '../handler-outcome.js';
import type { MessagingLogger } from '../logger.js';
import { DrainTimeoutError } from '../messaging.errors.js';
import type { Acknowledger } from '../queue/acknowledger.js';
import type { DeadLetterQueue, Diagnosis } from '../queue/dead-letter.js';
import type { Delivery } from '../queue/delivery.js';
import type { QueueSettings } from '../queue/queue-settings.js';
import type { VisibilityKeeper } from '../queue/visibility.js';
import type { Handled, Settled } from './consumer.types.js';
import type { HandledMemory } from './handled-memory.js';

export interface SettlementOptions {
  readonly settings: QueueSettings;
  readonly acknowledger: Acknowledger;
  readonly visibility: VisibilityKeeper;
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly memory: HandledMemory;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  readonly backoff: BackoffOptions;
}

/** What was done with a message. */
export type Verdict = Pick<Settled, 'outcome' | 'accepted' | 'reason'>;
type Retry = Extract<HandlerOutcome, { kind: 'retry' }>;
type Rejection = Extract<HandlerOutcome, { kind: 'reject' }>;

const DRAINED = 0;

/** Carries out what handlers said: deletes, returns, dead-letters. Nothing here rejects: what fails is logged. */
export class Settlement {
  constructor(private readonly options: SettlementOptions) {}

  /** Deletes a message that was handled. It stays hidden as long as that takes, and is remembered where that fails. */
  async done(delivery: Delivery, handled: Handled): Promise<Verdict> {
    this.#log('debug', delivery, handled, undefined, 'message handled');
    return { outcome: 'done', accepted: await this.delete(delivery) };
  }

  /** Whether SQS took the delete. */
  async delete(delivery: Delivery): Promise<boolean> {
    const { acknowledger, visibility, memory } = this.options;
    const { sqsMessageId } = delivery.received;
    memory.add(sqsMessageId);
    const accepted = await acknowledger.delete(delivery.received);
    // A message that was lost before may be back already, and a stale delete succeeds all the same.
    if (accepted && delivery.holding === 'held') memory.forget(sqsMessageId);
    const extending = visibility.letGo(delivery);
    if (extending) await extending;
    return accepted;
  }

  /** Returns a message that failed, to be received again. */
  async retry(delivery: Delivery, handled: Handled, outcome: Retry): Promise<Verdict> {
    const seconds = this.retrySeconds(delivery, outcome);
    this.tellRetry(delivery, handled, outcome, seconds);
    return { outcome: 'retried', accepted: await this.options.visibility.returnIn(delivery, Math.round(seconds)) };
  }

  /** How long to wait before the next try. */
  retrySeconds({ abort, attempt }: Delivery, { afterSeconds }: Pick<Retry, 'afterSeconds'>): number {
    if (abort.signal.reason instanceof DrainTimeoutError) return DRAINED;
    return afterSeconds ?? fullJitter(attempt, this.options.backoff, this.options.timers.random);
  }

  tellRetry(delivery: Delivery, handled: Handled, { error, afterSeconds }: Retry, seconds: number): void {
    const fields = { seconds, err: error };
    if (afterSeconds !== undefined) this.#log('debug', delivery, handled, fields, 'message put off');
    else if (delivery.attempt >= this.options.settings.maxReceiveCount)
      this.#log('error', delivery, handled, fields, 'message failed for the last time: SQS will dead-letter it');
    else this.#log('warn', delivery, handled, fields, 'message failed and will be tried again');
  }

  /** Sends the message to the dead-letter queue with its diagnosis. False where that fails: the message stays ours. */
  async bury(delivery: Delivery, handled: Handled, { reason, detail, error }: Rejection): Promise<boolean> {
    const { deadLetters } = this.options;
    const diagnosis: Diagnosis = { reason, detail, handler: handled.handler, messageId: handled.envelope?.id };
    try {
      if (!deadLetters) throw new Error('the queue has no dead-letter queue');
      await deadLetters.send(delivery.seen, diagnosis);
    } catch (cause) {
      const fields = { reason, detail, err: cause };
      this.#log('error', delivery, handled, fields, 'the dead-letter queue cannot be reached: the message stays');
      return false;
    }
    this.#log('error', delivery, handled, { reason, detail, err: error }, 'message moved to the dead-letter queue');
    return true;
  }

  /** Dead-letters and deletes; where that fails, returns for a retry. */
  async reject(delivery: Delivery, handled: Handled, rejection: Rejection): Promise<Verdict> {
    if (!(await this.bury(delivery, handled, rejection))) {
      const seconds = Math.round(this.retrySeconds(delivery, {}));
      return { outcome: 'retried', accepted: await this.options.visibility.returnIn(delivery, seconds) };
    }
    return { outcome: 'dead-lettered', accepted: await this.delete(delivery), reason: rejection.reason };
  }

  #log(
    level: 'debug' | 'warn' | 'error',
    delivery: Delivery,
    { envelope, trace }: Handled,
    more: object | undefined,
    message: string,
  ): void {
    const { logger, settings } = this.options;
    const fields = {
      queue: settings.name,
      type: envelope?.type,
      messageId: envelope?.id,
      sqsMessageId: delivery.received.sqsMessageId,
      receiveCount: delivery.attempt,
      traceId: trace?.traceId,
      spanId: trace?.spanId,
      ...more,
    };
    if (trace && level !== 'debug') runInTrace(trace, () => logger[level](fields, message));
    else logger[level](fields, message);
  }
}
