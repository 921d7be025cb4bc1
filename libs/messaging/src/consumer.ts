import type { MessagingClients } from './clients.js';
import {
  type BackoffOptions,
  type Timers,
  childTrace,
  currentTrace,
  fullJitter,
  pause,
  runInTrace,
} from '@lethe/kernel';
import type { QueueResource } from '@lethe/topology';
import { Acknowledger } from './acknowledger.js';
import { DeadLetterQueue } from './dead-letter.js';
import type { Handle, Handled } from './consumer/consumer.types.js';
import type { MessagingLogger } from './logger.js';
import { DrainTimeoutError } from './messaging.errors.js';
import { Poller } from './poller.js';
import { Slots } from './slots.js';
import type { Received, SqsQueue } from './sqs-queue.js';
import { type Held, VisibilityKeeper } from './visibility.js';

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
  /** The original error of the handler, a RetryLater or Reject included. */
  readonly error?: unknown;
}

export interface ConsumerOptions {
  readonly queue: SqsQueue;
  readonly resource: QueueResource;
  readonly clients: MessagingClients;
  readonly handle: Handle;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  readonly concurrency: number;
  readonly pollers: number;
  readonly waitSeconds: number;
  readonly backoff: BackoffOptions;
  readonly handlerOf: (type: string) => string | undefined;
  readonly onSettled: (settled: Settled) => void;
}

/** Milliseconds that handlers have to obey their aborted signal, and that deletes have, when the grace period is over. */
const LAST_CALL_MS = 1_000;
const FLUSH_MS = 5_000;
/** Messages that a consumer keeps at most, those that are handled and not yet deleted included (R11). */
const MAX_UNSETTLED = 1_000;

/**
 * The way of a message: received and held, handled in a slot, then deleted, returned for a retry, or sent to the
 * dead-letter queue. Receiving, handling, and deleting or extending are stopped apart, in this order.
 */
export class Consumer {
  readonly #slots: Slots;
  readonly #poller: Poller;
  readonly #visibility: VisibilityKeeper;
  readonly #acknowledger: Acknowledger;
  readonly #deadLetters: DeadLetterQueue;
  readonly #running = new Map<Held, Promise<void>>();
  #draining = false;

  constructor(private readonly options: ConsumerOptions) {
    const { queue, resource, clients, logger, concurrency, timers } = options;
    const visibilityTimeoutSeconds = resource.visibilityTimeoutSeconds;
    this.#slots = new Slots(concurrency, timers);
    this.#visibility = new VisibilityKeeper({ queue, logger, timers, timeoutSeconds: visibilityTimeoutSeconds });
    this.#acknowledger = new Acknowledger(queue, logger, timers);
    this.#deadLetters = new DeadLetterQueue(resource.deadLetterQueue, clients);
    this.#poller = new Poller({
      ...options,
      slots: this.#slots,
      visibilityTimeoutSeconds,
      deliver: (messages) => this.#deliver(messages),
    });
  }

  start(): void {
    this.#poller.start();
  }

  /**
   * Stops polling, gives unstarted messages back, waits up to `graceMs` for the handlers that run, and sends every
   * delete. A handler that is not done by then has its signal aborted; if it still runs on, its message is left hidden
   * rather than released, lest the work be done twice at once.
   */
  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    await this.#poller.stop();
    if (!(await this.#idle(graceMs))) {
      for (const { abort } of this.#running.keys()) abort.abort(new DrainTimeoutError(graceMs));
      await this.#idle(LAST_CALL_MS);
    }
    await Promise.all([this.#acknowledger.flush(FLUSH_MS), this.#visibility.flush()]);
    this.#visibility.stop();
  }

  /** Whether every message was settled within the time. */
  async #idle(timeoutMs: number): Promise<boolean> {
    const ended = new AbortController();
    const all = Promise.all(this.#running.values()).then(() => ended.abort());
    await Promise.race([all, pause(timeoutMs, ended.signal, this.options.timers)]);
    return this.#running.size === 0;
  }

  #deliver(messages: readonly Received[]): void {
    const held = messages.map((received) => this.#visibility.hold(received));
    for (const message of held) {
      const work = (this.#draining ? this.#giveBack(message) : this.#handle(message)).finally(() =>
        this.#running.delete(message),
      );
      this.#running.set(message, work);
    }
  }

  async #giveBack(held: Held): Promise<void> {
    await this.#visibility.returnIn(held, 0);
    this.#slots.give(1);
  }

  async #handle(held: Held): Promise<void> {
    const { handle, queue, logger } = this.options;
    const startedAt = this.options.timers.monotonic();
    let holdsSlot = true;
    const freeSlot = (): void => {
      if (holdsSlot) this.#slots.give(1);
      holdsSlot = false;
    };
    try {
      const handled = await handle(held.received, held.abort.signal);
      const durationMs = this.options.timers.monotonic() - startedAt;
      // Deletes do not keep the next message waiting, unless there are very many of them: SQS takes none.
      if (this.#running.size < MAX_UNSETTLED) freeSlot();
      await runInTrace(handled.trace ?? childTrace(), () => this.#settle(held, handled, durationMs));
    } catch (error) {
      // Not a handler's error, which is an outcome: a fault of the transport itself. The message comes back.
      const { sqsMessageId } = held.received;
      logger.error({ err: error, queue: queue.name, sqsMessageId }, 'the transport failed over a message');
      await this.#visibility.letGo(held);
    } finally {
      freeSlot();
    }
  }

  async #settle(held: Held, dispatched: Handled, durationMs: number): Promise<void> {
    const { received } = held;
    const { outcome } = dispatched;
    const settled = await this.#carryOut(held, dispatched);
    const now = this.options.timers.now();
    this.options.onSettled({
      ...settled,
      type: dispatched.envelope?.type,
      messageId: dispatched.envelope?.id,
      sqsMessageId: received.sqsMessageId,
      receiveCount: received.receiveCount,
      durationMs,
      ageMs: received.sentAt === undefined ? undefined : now - received.sentAt,
      ...(outcome.kind === 'done' ? {} : { error: outcome.error }),
    });
  }

  async #carryOut(held: Held, { outcome, envelope }: Handled): Promise<Pick<Settled, 'outcome' | 'accepted'>> {
    const { logger, handlerOf } = this.options;
    const fields = this.#fields(held, envelope);
    if (outcome.kind === 'done') {
      const accepted = await this.#delete(held);
      logger.debug(fields, 'message handled');
      return { outcome: 'done', accepted };
    }
    if (outcome.kind === 'retry') return { outcome: 'retried', accepted: await this.#retry(held, outcome, fields) };
    const { reason, detail, error } = outcome;
    try {
      const handler = envelope && handlerOf(envelope.type);
      await this.#deadLetters.send(held.received, { reason, detail, handler, messageId: envelope?.id });
    } catch (cause) {
      logger.error({ ...fields, reason, err: cause }, 'the dead-letter queue cannot be reached: the message stays');
      return { outcome: 'retried', accepted: await this.#return(held, this.#backoff(held)) };
    }
    logger.error({ ...fields, reason, detail, err: error }, 'message moved to the dead-letter queue');
    return { outcome: 'dead-lettered', accepted: await this.#delete(held) };
  }

  /** Deletes the message, which stays hidden as long as that takes. */
  async #delete(held: Held): Promise<boolean> {
    const accepted = await this.#acknowledger.delete(held.received);
    await this.#visibility.letGo(held);
    return accepted;
  }

  async #retry(
    held: Held,
    { error, afterSeconds }: { readonly error: unknown; readonly afterSeconds?: number },
    fields: object,
  ): Promise<boolean> {
    const { logger, resource } = this.options;
    const drained = held.abort.signal.reason instanceof DrainTimeoutError;
    const seconds = drained ? 0 : (afterSeconds ?? this.#backoff(held));
    const last = held.received.receiveCount >= resource.maxReceiveCount;
    if (afterSeconds !== undefined) logger.debug({ ...fields, seconds, err: error }, 'message put off');
    else if (last) logger.error({ ...fields, err: error }, 'message failed for the last time: SQS will dead-letter it');
    else logger.warn({ ...fields, seconds, err: error }, 'message failed and will be tried again');
    return this.#return(held, seconds);
  }

  /** False where the message was lost before: it is not ours to return. */
  async #return(held: Held, seconds: number): Promise<boolean> {
    if (!this.#visibility.isHeld(held)) return false;
    return this.#visibility.returnIn(held, Math.round(seconds));
  }

  #backoff({ received }: Held): number {
    return fullJitter(received.receiveCount, this.options.backoff, this.options.timers.random);
  }

  #fields({ received }: Held, envelope: Handled['envelope']): object {
    const trace = currentTrace();
    return {
      queue: this.options.queue.name,
      type: envelope?.type,
      messageId: envelope?.id,
      sqsMessageId: received.sqsMessageId,
      receiveCount: received.receiveCount,
      traceId: trace?.traceId,
      spanId: trace?.spanId,
    };
  }
}
