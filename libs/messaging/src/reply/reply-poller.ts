import {
  DeleteMessageBatchCommand,
  type Message as SqsMessage,
  QueueDoesNotExist,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type Timers, fullJitter, pause } from '@lethe/kernel';
import { POLL_BACKOFF_MS } from '../queue/backoff.js';
import type { MessagingClients } from '../clients.js';
import type { MessagingLogger } from '../logger.js';
import type { ReplyQueue } from './reply-queue.js';

export interface ReplyPollerOptions {
  readonly queue: ReplyQueue;
  readonly clients: MessagingClients;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
  /** Whether anybody waits for a reply. While nobody does, the queue is not polled. */
  readonly wanted: () => boolean;
  /** Takes the body of a reply. */
  readonly deliver: (body: string) => void;
  /** The queue is gone: nothing will arrive any more. */
  readonly onLost: (error: unknown) => void;
}

const BATCH = 10;
const WAIT_SECONDS = 20;

/** Takes replies from the queue of a client while it waits for any. */
export class ReplyPoller {
  readonly #options: ReplyPollerOptions;
  readonly #stopping = new AbortController();
  readonly #deletes = new Set<Promise<void>>();
  #wake: (() => void) | undefined;
  readonly #loop: Promise<void>;

  constructor(options: ReplyPollerOptions) {
    this.#options = options;
    this.#loop = this.#poll();
  }

  /** Somebody waits. */
  wake(): void {
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#loop;
    await Promise.all(this.#deletes);
  }

  /** Never rejects. */
  async #poll(): Promise<void> {
    const { wanted, timers, onLost, logger, queue } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      if (!wanted()) await this.#sleep();
      else
        try {
          this.#take(await this.#receive());
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof QueueDoesNotExist) return onLost(error);
          failures += 1;
          logger.warn({ err: error, queue: queue.name }, 'the reply queue cannot be polled');
          await pause(
            fullJitter(failures, POLL_BACKOFF_MS, () => timers.random()),
            signal,
            timers,
          );
        }
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #receive(): Promise<readonly SqsMessage[]> {
    const { Messages = [] } = await this.#options.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#options.queue.url,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: WAIT_SECONDS,
      }),
      { abortSignal: this.#stopping.signal },
    );
    return Messages;
  }

  #take(messages: readonly SqsMessage[]): void {
    if (messages.length === 0) return;
    for (const { Body = '' } of messages) this.#options.deliver(Body);
    const deleting = this.#delete(messages).finally(() => this.#deletes.delete(deleting));
    this.#deletes.add(deleting);
  }

  /** What is not deleted comes again, and is known by its number, or expires. */
  async #delete(messages: readonly SqsMessage[]): Promise<void> {
    const { clients, queue, logger } = this.#options;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    try {
      await clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    } catch (error) {
      logger.debug({ err: error, queue: queue.name }, 'replies could not be deleted');
    }
  }
}
