import type { Timers } from '@lethe/kernel';
import type { Received } from '../consumer/consumer.types.js';
import type { MessagingLogger } from '../logger.js';
import { DELETE_ATTEMPTS, DELETE_BACKOFF_MS } from './backoff.js';
import { Coalescer } from './coalescer.js';
import { Persistence } from './persistence.js';
import type { EntryFailure, SqsQueue } from './sqs-queue.js';

export interface AcknowledgerOptions {
  readonly queue: SqsQueue;
  readonly queueName: string;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  /** Milliseconds in which deletes gather into one DeleteMessageBatch. */
  readonly lingerMs: number;
}

/**
 * Deletes handled messages, many in a request. A delete that fails is tried again, and is never the handler's failure:
 * the message stays hidden meanwhile, and if it comes back after all, the inbox knows it.
 */
export class Acknowledger {
  readonly #deletes: Coalescer<string, EntryFailure | undefined>;
  readonly #persistence: Persistence;
  readonly #giveUp = new AbortController();

  constructor(private readonly options: AcknowledgerOptions) {
    const { queue, lingerMs, timers } = options;
    this.#deletes = new Coalescer((handles) => queue.delete(handles), lingerMs, timers);
    const giveUp = this.#giveUp.signal;
    this.#persistence = new Persistence({ attempts: DELETE_ATTEMPTS, backoff: DELETE_BACKOFF_MS, timers, giveUp });
  }

  /** Whether SQS accepted the delete. Never rejects. */
  delete({ receiptHandle, sqsMessageId }: Received): Promise<boolean> {
    return this.#persistence.ask(
      () => this.#deletes.add(receiptHandle),
      (attempt, failure) => {
        const fields = { queue: this.options.queueName, sqsMessageId, attempt, ...failure };
        this.options.logger.warn(fields, 'a handled message could not be deleted');
      },
    );
  }

  /** Deletes that fail from now on are not tried again. */
  giveUp(): void {
    this.#giveUp.abort();
  }
}
