import { type BackoffOptions, type Timers, fullJitter, pause, systemTimers } from '@lethe/kernel';
import { Coalescer } from './coalescer.js';
import type { MessagingLogger } from './logger.js';
import type { EntryFailure, Received, SqsQueue } from './sqs-queue.js';

/** Milliseconds in which deletes gather into one DeleteMessageBatch. */
const LINGER_MS = 5;
/** Deletes of one message that are tried, over about ten seconds, each with the SDK's own retries. */
const ATTEMPTS = 8;
const BACKOFF_MS: BackoffOptions = { base: 100, cap: 5_000 };

/**
 * Deletes handled messages, many in a request. A delete that fails is tried again, and is never the handler's failure:
 * the message stays hidden meanwhile, and if it comes back after all, the inbox knows it.
 */
export class Acknowledger {
  readonly #deletes: Coalescer<string, EntryFailure | undefined>;
  readonly #giveUp = new AbortController();
  readonly #pending = new Set<Promise<boolean>>();

  constructor(
    private readonly queue: SqsQueue,
    private readonly logger: MessagingLogger,
    private readonly timers: Timers = systemTimers,
  ) {
    this.#deletes = new Coalescer((handles) => queue.delete(handles), LINGER_MS, timers);
  }

  /** Deletes still on their way. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Whether SQS accepted the delete. Never rejects. */
  delete(received: Received): Promise<boolean> {
    const deleting = this.#delete(received).finally(() => this.#pending.delete(deleting));
    this.#pending.add(deleting);
    return deleting;
  }

  /** Ends when every delete has ended; those that still fail when the time is over are given up. */
  async flush(timeoutMs: number): Promise<void> {
    const ended = new AbortController();
    const all = this.#settle().then(() => ended.abort());
    await pause(timeoutMs, ended.signal, this.timers);
    this.#giveUp.abort();
    await all;
  }

  async #settle(): Promise<void> {
    while (this.#pending.size > 0) {
      await this.#deletes.flush();
      await Promise.race(this.#pending);
    }
  }

  async #delete({ receiptHandle, sqsMessageId }: Received): Promise<boolean> {
    const fields = { queue: this.queue.name, sqsMessageId };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const failure = await this.#deletes.add(receiptHandle);
        if (!failure) return true;
        this.logger.warn({ ...fields, attempt, ...failure }, 'a handled message could not be deleted');
        if (failure.senderFault) return false;
      } catch (error) {
        this.logger.warn({ ...fields, attempt, err: error }, 'a handled message could not be deleted');
      }
      if (attempt >= ATTEMPTS || this.#giveUp.signal.aborted) return false;
      await pause(fullJitter(attempt, BACKOFF_MS, this.timers.random), this.#giveUp.signal, this.timers);
    }
  }
}
