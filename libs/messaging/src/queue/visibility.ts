import type { Timers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingLogger } from '../logger.js';
import { VisibilityLostError } from '../messaging.errors.js';
import { RETURN_ATTEMPTS, RETURN_BACKOFF_MS } from './backoff.js';
import { Coalescer } from './coalescer.js';
import type { Delivery } from './delivery.js';
import { Persistence } from './persistence.js';
import type { EntryFailure, SqsQueue, VisibilityChange } from './sqs-queue.js';

export interface VisibilityOptions {
  readonly queue: SqsQueue;
  readonly queueName: string;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  readonly timeoutSeconds: number;
  /** Told of a message that may be someone else's now, before its signal is aborted. */
  readonly onLost: (delivery: Delivery) => void;
}

/** Milliseconds in which retries gather into one ChangeMessageVisibilityBatch. */
const LINGER_MS = 5;

/**
 * Keeps messages hidden from the moment of receipt until they are let go: the visibility timeout is extended after two
 * thirds of it, for up to ten messages in a request. A message whose extension fails until its timeout is nearly over is
 * given up, and its handler's signal aborted (R18).
 */
export class VisibilityKeeper {
  readonly #held = new Set<Delivery>();
  readonly #changes: Coalescer<VisibilityChange, EntryFailure | undefined>;
  readonly #persistence: Persistence;
  readonly #giveUp = new AbortController();
  readonly #timeoutMs: number;
  #cancel: (() => void) | undefined;

  constructor(private readonly options: VisibilityOptions) {
    const { queue, timers, timeoutSeconds } = options;
    this.#timeoutMs = timeoutSeconds * 1_000;
    this.#changes = new Coalescer((changes) => queue.changeVisibility(changes), LINGER_MS, timers);
    const giveUp = this.#giveUp.signal;
    this.#persistence = new Persistence({ attempts: RETURN_ATTEMPTS, backoff: RETURN_BACKOFF_MS, timers, giveUp });
  }

  /** Holds a message that was received just now. */
  hold(delivery: Delivery): void {
    this.#extended(delivery, delivery.receivedAt);
    this.#held.add(delivery);
    if (!this.#cancel) this.#schedule();
  }

  /** Stops extending. Gives what to wait for where an extension is in flight, lest it undo what comes next. */
  letGo(delivery: Delivery): Promise<void> | undefined {
    this.#held.delete(delivery);
    if (delivery.holding === 'held') delivery.holding = 'released';
    return delivery.extending;
  }

  /**
   * Lets the message go, to be received again after so many whole seconds. False where it was lost before, and is not
   * ours to return, and where SQS does not take it, which is logged: it comes back when its timeout is over.
   */
  async returnIn(delivery: Delivery, seconds: number): Promise<boolean> {
    if (delivery.holding !== 'held') return false;
    await this.letGo(delivery);
    const { receiptHandle } = delivery.received;
    return this.#persistence.ask(
      () => this.#changes.add({ receiptHandle, seconds }),
      (attempt, failure) => this.#told(delivery, attempt, failure),
    );
  }

  /**
   * Returns messages in this order, ten in a request and one request after another, so that SQS has them in theirs.
   * Gives one result each, as {@link returnIn} does.
   */
  async returnInOrder(returns: readonly (readonly [Delivery, number])[]): Promise<boolean[]> {
    const results = Array.from<boolean>({ length: returns.length }).fill(false);
    const ours = [...returns.entries()].filter(([, [{ holding }]]) => holding === 'held');
    await Promise.all(ours.map(async ([, [delivery]]) => this.letGo(delivery)));
    for (let at = 0; at < ours.length; at += MAX_BATCH_ENTRIES) {
      const batch = ours.slice(at, at + MAX_BATCH_ENTRIES);
      const taken = await this.#returnTogether(batch.map(([, entry]) => entry));
      for (const [index, [place]] of batch.entries()) results[place] = taken[index] ?? false;
    }
    return results;
  }

  /** Extends nothing any more, and does not ask twice for returns that fail. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#giveUp.abort();
    this.#held.clear();
  }

  /** The entries of one request. Those that fail are asked for again, each on its own. */
  #returnTogether(entries: readonly (readonly [Delivery, number])[]): Promise<boolean[]> {
    const changes = entries.map(([{ received }, seconds]) => ({ receiptHandle: received.receiptHandle, seconds }));
    const first = this.options.queue.changeVisibility(changes);
    const tries = entries.map(([delivery], index) => {
      let request: typeof first | undefined = first;
      return this.#persistence.ask(
        async () => {
          const asked = request;
          request = undefined;
          const change = changes[index];
          return asked || !change ? (await asked)?.[index] : this.#changes.add(change);
        },
        (attempt, failure) => this.#told(delivery, attempt, failure),
      );
    });
    return Promise.all(tries);
  }

  #told({ received }: Delivery, attempt: number, failure: EntryFailure | { readonly err: unknown }): void {
    const fields = { queue: this.options.queueName, sqsMessageId: received.sqsMessageId, attempt, ...failure };
    this.options.logger.warn(fields, 'the message could not be returned');
  }

  #extended(delivery: Delivery, at: number): void {
    delivery.extendAt = at + (this.#timeoutMs * 2) / 3;
    // A little early: the answer to the receive, or to the extension, took its time too.
    delivery.lostAt = at + this.#timeoutMs * 0.95;
  }

  #schedule(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#held.size === 0) return;
    let next = Infinity;
    for (const { extending, extendAt, lostAt } of this.#held)
      next = Math.min(next, extending ? lostAt : Math.min(extendAt, lostAt));
    const { timers } = this.options;
    this.#cancel = timers.after(Math.max(0, next - timers.monotonic()), () => this.#tick());
  }

  #tick(): void {
    this.#cancel = undefined;
    const now = this.options.timers.monotonic();
    for (const delivery of this.#held) if (delivery.lostAt <= now) this.#lose(delivery);
    // Those due soon go along: fewer requests.
    const soon = now + this.#timeoutMs / 10;
    const due = [...this.#held].filter(({ extending, extendAt }) => !extending && extendAt <= soon);
    for (let at = 0; at < due.length; at += MAX_BATCH_ENTRIES) this.#extend(due.slice(at, at + MAX_BATCH_ENTRIES));
    this.#schedule();
  }

  #extend(deliveries: readonly Delivery[]): void {
    const extending = this.#request(deliveries).finally(() => {
      for (const delivery of deliveries) delivery.extending = undefined;
      this.#schedule();
    });
    for (const delivery of deliveries) delivery.extending = extending;
  }

  async #request(deliveries: readonly Delivery[]): Promise<void> {
    const { queue, queueName, logger, timers, timeoutSeconds } = this.options;
    const startedAt = timers.monotonic();
    try {
      const failures = await queue.changeVisibility(
        deliveries.map(({ received }) => ({ receiptHandle: received.receiptHandle, seconds: timeoutSeconds })),
      );
      for (const [index, delivery] of deliveries.entries()) {
        const failure = failures[index];
        if (!failure) this.#extended(delivery, startedAt);
        else if (failure.senderFault) this.#lose(delivery, new Error(`${failure.code}: ${failure.detail}`));
        else delivery.extendAt = timers.monotonic() + this.#timeoutMs / 20;
      }
    } catch (error) {
      logger.warn({ err: error, queue: queueName, messages: deliveries.length }, 'visibility could not be extended');
      for (const delivery of deliveries) delivery.extendAt = timers.monotonic() + this.#timeoutMs / 20;
    }
  }

  #lose(delivery: Delivery, cause?: Error): void {
    if (!this.#held.delete(delivery)) return;
    const { sqsMessageId } = delivery.received;
    const error = new VisibilityLostError(sqsMessageId, cause && { cause });
    this.options.logger.error({ err: error, queue: this.options.queueName, sqsMessageId }, 'visibility is lost');
    delivery.holding = 'lost';
    this.options.onLost(delivery);
    delivery.abort.abort(error);
  }
}
