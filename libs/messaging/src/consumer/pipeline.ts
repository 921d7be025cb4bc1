import { type BackoffOptions, type Timers } from '@lethe/kernel';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import { outcomeOf } from '../handler-outcome.js';
import type { MessagingLogger } from '../logger.js';
import { DrainTimeoutError, HandlerTimeoutError } from '../messaging.errors.js';
import { Acknowledger } from '../queue/acknowledger.js';
import { DeadLetterQueue } from '../queue/dead-letter.js';
import { Delivery } from '../queue/delivery.js';
import type { QueueSettings } from '../queue/queue-settings.js';
import { SqsQueue } from '../queue/sqs-queue.js';
import { VisibilityKeeper } from '../queue/visibility.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import type { Bounds, ConsumerState, Handled, Handle, PlainHandle, Received } from './consumer.types.js';
import { HandledMemory } from './handled-memory.js';
import { HandlerPool } from './handler-pool.js';
import { Lanes } from './lanes.js';
import type { Observation } from './observation.js';
import { Poller } from './poller.js';
import { Prefetch } from './prefetch.js';
import { Settlement, type Verdict } from './settlement.js';

export interface PipelineOptions {
  readonly settings: QueueSettings;
  readonly clients: MessagingClients;
  readonly handle: Handle | PlainHandle;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  readonly concurrency: Bounds;
  readonly waitSeconds: number;
  readonly backoff: BackoffOptions;
  readonly handlerTimeoutMs: number | undefined;
  readonly observation: Observation;
}

/** Milliseconds that handlers have to obey their aborted signal, and that deletes have, when the grace period is over. */
const LAST_CALL_MS = 1_000;
const FLUSH_MS = 5_000;
/** Messages that a consumer keeps at most, those that are handled and not yet deleted included (R11). */
const MAX_UNSETTLED = 1_000;
/** Milliseconds in which deletes gather. A FIFO queue gives no more of a group before they have come through. */
const LINGER_MS = { standard: 5, fifo: 1 } as const;

/**
 * The way of a message: received and held, handled in a slot, then deleted, returned for a retry, or sent to the
 * dead-letter queue. Receiving, handling, and settling are stopped apart, in this order, each by a signal of its own.
 */
export class Pipeline {
  readonly #limit: ConcurrencyLimit;
  readonly #prefetch: Prefetch;
  readonly #pool: HandlerPool;
  readonly #poller: Poller;
  readonly #visibility: VisibilityKeeper;
  readonly #acknowledger: Acknowledger;
  readonly #settlement: Settlement;
  readonly #memory = new HandledMemory();
  readonly #lanes: Lanes | undefined;
  readonly #maxUnsettled: number;
  /** Messages received and not yet settled. */
  #unsettled = 0;
  #draining = false;
  #waiter: (() => void) | undefined;

  constructor(private readonly options: PipelineOptions) {
    const { settings, clients, logger, timers, concurrency, waitSeconds, observation } = options;
    const { visibilityTimeoutSeconds, name: queueName, fifo, deadLetterQueue } = settings;
    const queue = new SqsQueue(settings.url, clients);
    const of = { queue, queueName, logger, timers };
    this.#maxUnsettled = Math.max(MAX_UNSETTLED, 2 * concurrency.max);
    this.#limit = new ConcurrencyLimit(concurrency, timers, () => observation.changed(this.state));
    this.#prefetch = new Prefetch(timers);
    this.#visibility = new VisibilityKeeper({
      ...of,
      timeoutSeconds: visibilityTimeoutSeconds,
      onLost: (delivery) => this.#lanes?.lost(delivery),
    });
    this.#acknowledger = new Acknowledger({ ...of, lingerMs: fifo ? LINGER_MS.fifo : LINGER_MS.standard });
    const deadLetters = deadLetterQueue === undefined ? undefined : new DeadLetterQueue(deadLetterQueue, fifo, clients);
    const parts = { acknowledger: this.#acknowledger, visibility: this.#visibility, memory: this.#memory, deadLetters };
    this.#settlement = new Settlement({ ...options, ...parts });
    this.#pool = new HandlerPool({
      limit: this.#limit,
      timers,
      handle: (delivery) => this.#handle(delivery),
      short: () => this.#short,
      ended: (delivery, handled) => this.#ended(delivery, handled),
    });
    this.#lanes = fifo ? this.#makeLanes() : undefined;
    this.#poller = new Poller({
      ...of,
      waitSeconds,
      visibilityTimeoutSeconds,
      room: () => this.#room,
      deliver: (messages, waitedMs) => this.#deliver(messages, waitedMs),
      changed: () => observation.changed(this.state),
    });
  }

  get state(): Omit<ConsumerState, 'status'> {
    return {
      polls: this.#poller.inFlight,
      pollLimit: this.#poller.limit,
      running: this.#pool.running.size,
      concurrency: this.#limit.current,
      waiting: this.#pool.ready + (this.#lanes?.waiting ?? 0),
      unsettled: this.#unsettled,
    };
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
    await Promise.all([this.#poller.stop(), this.#giveBack()]);
    const { running } = this.#pool;
    if (!(await this.#until(() => this.#unsettled === 0, graceMs))) {
      for (const { abort } of running) abort.abort(new DrainTimeoutError(graceMs));
      await this.#until(() => this.#unsettled === 0, LAST_CALL_MS);
    }
    const flushed = (): boolean => this.#unsettled <= running.size;
    if (!(await this.#until(flushed, FLUSH_MS))) {
      this.#acknowledger.giveUp();
      await this.#until(flushed, FLUSH_MS);
    }
    this.#visibility.stop();
    this.#pool.stop();
  }

  /** For how many more messages there is room. Those that wait behind others of their group take no slot. */
  get #room(): number {
    const { running, ready } = this.#pool;
    const ahead = this.#limit.current + this.#prefetch.size - running.size - ready;
    return Math.min(ahead, this.#maxUnsettled - this.#unsettled);
  }

  /** Whether the slots hold back the next poll, and are not merely promised to polls of an empty queue. */
  get #short(): boolean {
    const { size } = this.#pool.running;
    return size * 2 >= this.#limit.current && this.#room - this.#poller.promised < MAX_BATCH_ENTRIES;
  }

  #deliver(messages: readonly Received[], waitedMs: number): void {
    this.options.observation.received(messages.length, waitedMs);
    this.#prefetch.answered(messages.length, waitedMs);
    const now = this.options.timers.monotonic();
    const unwanted: Delivery[] = [];
    for (const received of messages) {
      const delivery = new Delivery(received, now);
      this.#unsettled += 1;
      this.#visibility.hold(delivery);
      if (this.#memory.has(received.sqsMessageId)) void this.#deleteOnSight(delivery);
      else if (this.#draining) unwanted.push(delivery);
      else if (this.#lanes) this.#lanes.add(delivery);
      else this.#pool.add(delivery);
    }
    if (unwanted.length > 0) void this.#return(unwanted.toReversed());
  }

  async #handle(delivery: Delivery): Promise<Handled> {
    const { handle, handlerTimeoutMs, timers } = this.options;
    const { abort } = delivery;
    const { signal } = abort;
    // Lost before its turn came.
    if (signal.aborted) return { outcome: outcomeOf(signal.reason, true) };
    const cancel =
      handlerTimeoutMs === undefined
        ? undefined
        : timers.after(handlerTimeoutMs, () => abort.abort(new HandlerTimeoutError(handlerTimeoutMs)));
    try {
      const result = await handle(delivery.seen, signal);
      return isHandled(result) ? result : { outcome: outcomeOf(result, false) };
    } catch (error) {
      return { outcome: outcomeOf(error, true) };
    } finally {
      cancel?.();
    }
  }

  #ended(delivery: Delivery, handled: Handled): void {
    this.#prefetch.ended();
    if (this.#lanes) this.#lanes.ended(delivery, handled);
    else void this.#settle(delivery, handled);
    this.#poller.pump();
  }

  async #settle(delivery: Delivery, handled: Handled): Promise<void> {
    this.#settled(delivery, handled, await this.#carryOut(delivery, handled), true);
  }

  #carryOut(delivery: Delivery, handled: Handled): Promise<Verdict> {
    const { outcome } = handled;
    if (outcome.kind === 'done') return this.#settlement.done(delivery, handled);
    if (outcome.kind === 'retry') return this.#settlement.retry(delivery, handled, outcome);
    return this.#settlement.reject(delivery, handled, outcome);
  }

  #settled(delivery: Delivery, handled: Handled, verdict: Verdict, final: boolean): void {
    this.options.observation.settled(delivery, handled, verdict);
    if (final) this.#finish();
  }

  async #deleteOnSight(delivery: Delivery): Promise<void> {
    this.options.observation.repeated(delivery.received);
    await this.#settlement.delete(delivery);
    this.#finish();
  }

  /** Returns everything that no handler has begun with. */
  async #giveBack(): Promise<void> {
    const unstarted = this.#pool.takeReady();
    await (this.#lanes ? this.#lanes.drain(new Set(unstarted)) : this.#return(unstarted));
  }

  async #return(deliveries: readonly Delivery[]): Promise<void> {
    await this.#visibility.returnInOrder(deliveries.map((delivery) => [delivery, 0] as const));
    for (const _ of deliveries) this.#finish();
  }

  #finish(): void {
    this.#unsettled -= 1;
    this.#waiter?.();
    this.#poller.pump();
  }

  /** Whether it came to hold within the time. */
  #until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiter = undefined;
        cancel();
        resolve(holds());
      };
      const cancel = this.options.timers.after(timeoutMs, end);
      this.#waiter = () => {
        if (holds()) end();
      };
    });
  }

  #makeLanes(): Lanes {
    return new Lanes({
      settings: this.options.settings,
      settlement: this.#settlement,
      visibility: this.#visibility,
      timers: this.options.timers,
      run: (delivery) => this.#pool.add(delivery),
      settled: (delivery, handled, verdict, final) => this.#settled(delivery, handled, verdict, final),
      returned: () => this.#finish(),
    });
  }
}

function isHandled(result: unknown): result is Handled {
  return typeof result === 'object' && result !== null && 'outcome' in result;
}
