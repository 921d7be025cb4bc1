import { MAX_BATCH_ENTRIES } from './batches.js';
import { type Timers, fullJitter, pause, systemTimers } from '@lethe/kernel';
import { POLL_BACKOFF_MS } from './backoff.js';
import type { MessagingLogger } from './logger.js';
import type { Slots } from './slots.js';
import type { Received, SqsQueue } from './sqs-queue.js';

export interface PollerOptions {
  readonly queue: SqsQueue;
  readonly slots: Slots;
  readonly logger: MessagingLogger;
  /** Takes the messages of one receive, and with each the slot it came in. */
  readonly deliver: (messages: readonly Received[]) => void;
  /** Polls in flight at once while the queue gives full batches; one suffices for a queue that does not. */
  readonly pollers: number;
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly timers?: Timers;
}

/** Milliseconds that a poll waits for a full batch's worth of slots. */
const SLOT_LINGER_MS = 20;
/**
 * Milliseconds that polls in flight may still answer once the poller stops. Where there is a backlog they answer within
 * a round trip; an abort at that moment would leave messages hidden with nobody to handle them.
 */
const STOP_GRACE_MS = 250;
/** An empty answer that came sooner than this was no long poll; a few of them in a row are waited out. */
const QUICK_ANSWER_MS = 100;

/** Keeps long polls in flight for as many messages as there are free slots. */
export class Poller {
  readonly #stopping = new AbortController();
  readonly #receive = new AbortController();
  #loops: readonly Promise<void>[] = [];
  /** Whether the last receive was full, so that more polls are worth their while. */
  #backlog = false;
  #wakeOthers: (() => void)[] = [];

  readonly #timers: Timers;

  constructor(private readonly options: PollerOptions) {
    this.#timers = options.timers ?? systemTimers;
  }

  start(): void {
    this.#loops = Array.from({ length: this.options.pollers }, (_, index) => this.#loop(index === 0));
  }

  /** Ends when no poll is in flight. Messages that still arrive are delivered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    const ended = new AbortController();
    const loops = Promise.all(this.#loops).then(() => ended.abort());
    await pause(STOP_GRACE_MS, ended.signal, this.#timers);
    this.#receive.abort();
    await loops;
  }

  async #loop(first: boolean): Promise<void> {
    const { slots } = this.options;
    const stopping = this.#stopping.signal;
    let failures = 0;
    let quickAnswers = 0;
    while (!stopping.aborted) {
      if (!first && !this.#backlog) {
        await new Promise<void>((resolve) => this.#wakeOthers.push(resolve));
        continue;
      }
      const wanted = await slots.take(MAX_BATCH_ENTRIES, SLOT_LINGER_MS, stopping);
      if (wanted === 0) continue;
      const startedAt = this.#timers.monotonic();
      const messages = await this.#poll(wanted);
      failures = messages ? 0 : failures + 1;
      const quick = messages?.length === 0 && this.#timers.monotonic() - startedAt < QUICK_ANSWER_MS;
      quickAnswers = quick ? quickAnswers + 1 : 0;
      const attempt = Math.max(failures, quickAnswers);
      if (attempt > 0) await pause(fullJitter(attempt, POLL_BACKOFF_MS, this.#timers.random), stopping, this.#timers);
    }
  }

  /** One receive. Undefined where it failed, which is logged. */
  async #poll(wanted: number): Promise<readonly Received[] | undefined> {
    const { queue, slots, logger, deliver, waitSeconds, visibilityTimeoutSeconds } = this.options;
    let messages: readonly Received[] = [];
    try {
      messages = await queue.receive(wanted, { waitSeconds, visibilityTimeoutSeconds, signal: this.#receive.signal });
    } catch (error) {
      slots.give(wanted);
      if (!this.#receive.signal.aborted) logger.warn({ err: error, queue: queue.name }, 'the queue cannot be polled');
      return undefined;
    }
    slots.give(wanted - messages.length);
    this.#backlog = messages.length === MAX_BATCH_ENTRIES;
    if (this.#backlog) this.#wake();
    deliver(messages);
    return messages;
  }

  #wake(): void {
    const waiting = this.#wakeOthers;
    this.#wakeOthers = [];
    for (const wake of waiting) wake();
  }
}
