import { type Timers, systemTimers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from './batches.js';
import { Coalescer } from './coalescer.js';
import type { MessagingLogger } from './logger.js';
import { VisibilityLostError } from './messaging.errors.js';
import type { EntryFailure, Received, SqsQueue, VisibilityChange } from './sqs-queue.js';

/** A message that this consumer keeps hidden from the others. */
export interface Held {
  readonly received: Received;
  /** Aborted when the message may be someone else's, or the consumer wants the handler to end. */
  readonly abort: AbortController;
}

interface Hold {
  readonly held: Held;
  /** On the monotonic clock, in milliseconds: when to extend, and when SQS may hand the message out again. */
  extendAt: number;
  lostAt: number;
  extending: Promise<void> | undefined;
}

export interface VisibilityOptions {
  readonly queue: SqsQueue;
  readonly logger: MessagingLogger;
  readonly timeoutSeconds: number;
  readonly timers?: Timers;
}

/** Milliseconds in which retries gather into one ChangeMessageVisibilityBatch. */
const LINGER_MS = 5;

/**
 * Keeps messages hidden from the moment of receipt until they are let go: the visibility timeout is extended after two
 * thirds of it, for up to ten messages in a request. A message whose extension fails until its timeout is nearly over is
 * given up, and its handler's signal aborted (R18).
 */
export class VisibilityKeeper {
  readonly #holds = new Map<Held, Hold>();
  readonly #changes: Coalescer<VisibilityChange, EntryFailure | undefined>;
  readonly #timeoutMs: number;
  readonly #timers: Timers;
  #cancelTimer: (() => void) | undefined;

  constructor(private readonly options: VisibilityOptions) {
    this.#timeoutMs = options.timeoutSeconds * 1_000;
    this.#timers = options.timers ?? systemTimers;
    this.#changes = new Coalescer((changes) => options.queue.changeVisibility(changes), LINGER_MS, this.#timers);
  }

  /** Holds a message that was received just now. */
  hold(received: Received): Held {
    const held = { received, abort: new AbortController() };
    const hold: Hold = { held, extendAt: 0, lostAt: 0, extending: undefined };
    this.#extended(hold, this.#timers.monotonic());
    this.#holds.set(held, hold);
    this.#schedule();
    return held;
  }

  isHeld(held: Held): boolean {
    return this.#holds.has(held);
  }

  /** Stops extending. Ends when no extension of this message is in flight, lest it undo what comes next. */
  async letGo(held: Held): Promise<void> {
    const hold = this.#holds.get(held);
    this.#holds.delete(held);
    await hold?.extending;
  }

  /**
   * Lets the message go, to be received again after so many whole seconds. False where SQS does not take it, which is
   * logged: the message comes back when its timeout is over.
   */
  async returnIn(held: Held, seconds: number): Promise<boolean> {
    const { queue, logger } = this.options;
    const { sqsMessageId, receiptHandle } = held.received;
    await this.letGo(held);
    try {
      const failure = await this.#changes.add({ receiptHandle, seconds });
      if (failure) logger.warn({ queue: queue.name, sqsMessageId, ...failure }, 'the message could not be returned');
      return failure === undefined;
    } catch (error) {
      logger.warn({ err: error, queue: queue.name, sqsMessageId }, 'the message could not be returned');
      return false;
    }
  }

  /** Sends what waits. Ends when it is sent. */
  flush(): Promise<void> {
    return this.#changes.flush();
  }

  /** Extends nothing any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#holds.clear();
  }

  #extended(hold: Hold, at: number): void {
    hold.extendAt = at + (this.#timeoutMs * 2) / 3;
    // A little early: the answer to the receive, or to the extension, took its time too.
    hold.lostAt = at + this.#timeoutMs * 0.95;
  }

  #schedule(): void {
    if (this.#cancelTimer || this.#holds.size === 0) return;
    let next = Infinity;
    for (const { extending, extendAt, lostAt } of this.#holds.values())
      next = Math.min(next, extending ? lostAt : Math.min(extendAt, lostAt));
    this.#cancelTimer = this.#timers.after(Math.max(0, next - this.#timers.monotonic()), () => this.#tick());
  }

  #tick(): void {
    this.#cancelTimer = undefined;
    const now = this.#timers.monotonic();
    for (const hold of this.#holds.values()) if (hold.lostAt <= now) this.#lose(hold);
    // Those due soon go along: fewer requests.
    const soon = now + this.#timeoutMs / 10;
    const due = [...this.#holds.values()].filter(({ extending, extendAt }) => !extending && extendAt <= soon);
    for (let at = 0; at < due.length; at += MAX_BATCH_ENTRIES) this.#extend(due.slice(at, at + MAX_BATCH_ENTRIES));
    this.#schedule();
  }

  #extend(holds: readonly Hold[]): void {
    const extending = this.#request(holds).finally(() => {
      for (const hold of holds) hold.extending = undefined;
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      this.#schedule();
    });
    for (const hold of holds) hold.extending = extending;
  }

  async #request(holds: readonly Hold[]): Promise<void> {
    const { queue, logger, timeoutSeconds } = this.options;
    const startedAt = this.#timers.monotonic();
    try {
      const failures = await queue.changeVisibility(
        holds.map(({ held }) => ({ receiptHandle: held.received.receiptHandle, seconds: timeoutSeconds })),
      );
      for (const [index, hold] of holds.entries()) {
        const failure = failures[index];
        if (!failure) this.#extended(hold, startedAt);
        else if (failure.senderFault) this.#lose(hold, new Error(`${failure.code}: ${failure.detail}`));
        else hold.extendAt = this.#timers.monotonic() + this.#timeoutMs / 20;
      }
    } catch (error) {
      logger.warn({ err: error, queue: queue.name, messages: holds.length }, 'visibility could not be extended');
      for (const hold of holds) hold.extendAt = this.#timers.monotonic() + this.#timeoutMs / 20;
    }
  }

  #lose(hold: Hold, cause?: Error): void {
    if (!this.#holds.delete(hold.held)) return;
    const { sqsMessageId } = hold.held.received;
    const error = new VisibilityLostError(sqsMessageId, cause && { cause });
    this.options.logger.error({ err: error, queue: this.options.queue.name, sqsMessageId }, 'visibility is lost');
    hold.held.abort.abort(error);
  }
}
