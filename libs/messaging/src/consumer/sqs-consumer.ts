import { systemTimers } from '@lethe/kernel';
import { silentLogger } from '../logger.js';
import { RETRY_BACKOFF_SECONDS } from '../queue/backoff.js';
import { openQueue } from '../queue/queue-settings.js';
import { boundsOf } from './concurrency-limit.js';
import type { Bounds, ConsumerState, SqsConsumerOptions } from './consumer.types.js';
import { Observation } from './observation.js';
import { Pipeline } from './pipeline.js';

const DEFAULT_CONCURRENCY: Bounds = { min: 8, max: 256 };
const DEFAULT_WAIT_SECONDS = 20;
const DEFAULT_GRACE_MS = 20_000;
const NOTHING = { polls: 0, pollLimit: 0, running: 0, concurrency: 0, waiting: 0, unsettled: 0 } as const;

/**
 * Consumes one SQS queue, standard or FIFO, with any framework or none. Delivery is at least once: a message is deleted
 * after its handler has ended well; an error is a retry with backoff until the message is dead-lettered.
 */
export class SqsConsumer {
  readonly #options: SqsConsumerOptions;
  readonly #concurrency: Bounds;
  readonly #observation: Observation;
  #starting: Promise<Pipeline> | undefined;
  #pipeline: Pipeline | undefined;
  #closing: Promise<void> | undefined;

  /** Throws a RangeError where the bounds of concurrency make no sense. */
  constructor(options: SqsConsumerOptions) {
    const { concurrency = DEFAULT_CONCURRENCY, observer, timers = systemTimers, logger = silentLogger } = options;
    this.#options = options;
    this.#concurrency = boundsOf(concurrency);
    this.#observation = new Observation(observer, timers, logger);
  }

  get state(): ConsumerState {
    return { status: this.#observation.status, ...(this.#pipeline?.state ?? NOTHING) };
  }

  /**
   * Opens the queue and begins to poll it; asked twice, once. Rejects with a {@link DestinationError} where the queue
   * cannot be used, and may be asked again then.
   */
  async start(): Promise<void> {
    if (this.#closing) return;
    this.#starting ??= this.#open();
    try {
      await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  /**
   * Drains: polls no more, returns at once what no handler has begun with, waits up to `graceMs` for handlers, aborts the
   * signals of the rest, and sends every delete. Asked twice, it drains once.
   */
  close(graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #open(): Promise<Pipeline> {
    const { queue, clients, logger = silentLogger, timers = systemTimers, handlerTimeoutMs } = this.#options;
    const { handle, waitSeconds = DEFAULT_WAIT_SECONDS, backoff = RETRY_BACKOFF_SECONDS } = this.#options;
    const settings = await openQueue(queue, clients);
    const pipeline = new Pipeline({
      settings,
      clients,
      handle,
      logger,
      timers,
      waitSeconds,
      backoff,
      handlerTimeoutMs,
      concurrency: this.#concurrency,
      observation: this.#observation,
    });
    this.#pipeline = pipeline;
    // Closed meanwhile: nothing is polled, and nothing is to drain.
    if (this.#closing) return pipeline;
    this.#observation.become('running', pipeline.state);
    pipeline.start();
    return pipeline;
  }

  async #close(graceMs: number): Promise<void> {
    this.#observation.become('draining', this.#pipeline?.state ?? NOTHING);
    await this.#pipeline?.close(graceMs);
    this.#observation.become('closed', this.#pipeline?.state ?? NOTHING);
  }
}
