import { CreateQueueCommand, DeleteQueueCommand, QueueDoesNotExist, TagQueueCommand } from '@aws-sdk/client-sqs';
import { DestinationError } from '../messaging.errors.js';
import { ALIVE_TAG, type ReplyQueueOptions, sweepOrphans } from './orphans.js';
import { newReplyQueue } from './reply-address.js';

/** Milliseconds between the signs of life of a queue, on which its orphans are told from it. */
const TOUCH_MS = 600_000;
/** Replies that nobody took by then are of no use: a client asks no longer. */
const RETENTION_SECONDS = 300;

/** The queue of one client, where it gets its replies. It is there from `open` to `close`. */
export class ReplyQueue {
  #cancelTouch: (() => void) | undefined;
  readonly #working = new Set<Promise<void>>();

  private constructor(
    private readonly options: ReplyQueueOptions,
    readonly name: string,
    readonly url: string,
  ) {}

  /** Makes a queue, and removes those that killed clients of the same service left. Throws the error of the SDK. */
  static async open(options: ReplyQueueOptions): Promise<ReplyQueue> {
    const { topology, service, clients, timers } = options;
    const name = newReplyQueue(topology, service);
    const { QueueUrl } = await clients.sqs.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { MessageRetentionPeriod: String(RETENTION_SECONDS) },
        tags: { [ALIVE_TAG]: String(timers.now()) },
      }),
    );
    if (QueueUrl === undefined) throw new DestinationError(name, 'SQS gave no URL');
    const queue = new ReplyQueue(options, name, QueueUrl);
    queue.#touchLater();
    queue.#work(sweepOrphans(options, name));
    return queue;
  }

  /** Deletes the queue. Never rejects: what could not be deleted is an orphan, which another client removes. */
  async close(): Promise<void> {
    this.#cancelTouch?.();
    await Promise.all(this.#working);
    try {
      await this.options.clients.sqs.send(new DeleteQueueCommand({ QueueUrl: this.url }));
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return;
      this.options.logger.warn({ err: error, queue: this.name }, 'the reply queue could not be deleted');
    }
  }

  #work(work: Promise<void>): void {
    const tracked = work.finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
  }

  #touchLater(): void {
    this.#cancelTouch = this.options.timers.after(TOUCH_MS, () => {
      this.#touchLater();
      this.#work(this.#touch());
    });
  }

  async #touch(): Promise<void> {
    const { clients, timers, logger } = this.options;
    try {
      const tags = { [ALIVE_TAG]: String(timers.now()) };
      await clients.sqs.send(new TagQueueCommand({ QueueUrl: this.url, Tags: tags }));
    } catch (error) {
      logger.warn({ err: error, queue: this.name }, 'the reply queue could not be marked as in use');
    }
    await sweepOrphans(this.options, this.name);
  }
}
