import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fullJitter, pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import { EventSourceError } from '../event-sources.errors.js';
import { failedItems } from '../invocation/batch-failures.js';
import type { QueueSource } from '@lethe/topology';
import { type EventSourceMapping } from '../mapping.js';
import { queueEvent } from './queue-event.js';

/** Messages that SQS gives or takes at once. */
const SQS_BATCH = 10;
/** Bytes of bodies after which no more are gathered: an invocation takes 6 MB, one receive gives 1 MiB at most. */
const GATHER_BYTES = 4 * 1024 * 1024;

interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly visibilityMs: number;
}

/**
 * A queue and its function. Messages are deleted once the function has taken them; those that failed stay hidden until
 * their visibility timeout ends, and are at last moved to the dead-letter queue by the queue's own redrive policy. Keeps no
 * state: SQS has it all, so whatever dies, what was not deleted comes again.
 */
export class QueueMapping {
  constructor(
    private readonly mapping: EventSourceMapping<QueueSource>,
    private readonly sqs: SQSClient,
    private readonly context: EventSourceContext,
  ) {}

  /**
   * Works until `stopping`, and until what was begun has ended. Throws an {@link EventSourceError} for a queue whose
   * messages would show again while the function may still run.
   */
  async run(): Promise<void> {
    const queue = await this.#findQueue();
    if (queue) await this.#poll(queue);
  }

  async #poll(queue: Queue): Promise<void> {
    const { stopping, pace, timers } = this.context;
    const running = new Set<Promise<void>>();
    while (!stopping.aborted) {
      const batch = await this.#gather(queue).catch((error: unknown) => this.#excuse(error));
      // A wait of less than a second is none to SQS.
      if (batch.length === 0 && pace.longPollMs < 1_000) await pause(pace.longPollMs, stopping);
      if (batch.length === 0) continue;
      const work = this.#handle(queue, batch, timers.monotonic())
        .catch((error: unknown) => this.context.onError(this.mapping.name, error))
        .finally(() => running.delete(work));
      running.add(work);
      while (running.size >= this.mapping.source.maximumConcurrency) await Promise.race(running);
    }
    await Promise.all(running);
  }

  /** A receive that was broken off at the end is no error. */
  async #excuse(error: unknown): Promise<[]> {
    const { stopping, pace, onError } = this.context;
    if (stopping.aborted) return [];
    onError(this.mapping.name, error);
    await pause(pace.pollMs, stopping);
    return [];
  }

  async #findQueue(): Promise<Queue | undefined> {
    const { name, source, timeoutSeconds } = this.mapping;
    const { stopping, pace, onError } = this.context;
    const url = this.context.queueUrl(source.queue);
    while (!stopping.aborted) {
      try {
        const { Attributes = {} } = await this.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
        );
        const visibility = Number(Attributes['VisibilityTimeout']);
        if (visibility < timeoutSeconds) {
          const why = `its visibility timeout of ${visibility} s is less than the ${timeoutSeconds} s of ${name}`;
          throw new EventSourceError(`${source.queue}: ${why}`);
        }
        return { url, arn: Attributes['QueueArn'] ?? '', visibilityMs: visibility * 1_000 };
      } catch (error) {
        if (error instanceof EventSourceError) throw error;
        if (!(error instanceof QueueDoesNotExist)) onError(name, error);
        await pause(pace.pollMs, stopping);
      }
    }
    return undefined;
  }

  /** Up to a batch, or what came within the window. */
  async #gather(queue: Queue): Promise<Message[]> {
    const { batchSize, batchingWindowSeconds } = this.mapping.source;
    const { timers, pace, stopping } = this.context;
    const first = await this.#receive(queue, batchSize, pace.longPollMs);
    const batch = [...first];
    const until = timers.monotonic() + batchingWindowSeconds * 1_000;
    let bytes = sizeOf(first);
    while (batch.length > 0 && batch.length < batchSize && bytes < GATHER_BYTES && !stopping.aborted) {
      const left = until - timers.monotonic();
      if (left <= 0) break;
      const more = await this.#receive(queue, batchSize - batch.length, Math.min(left, pace.longPollMs));
      if (more.length === 0 && left < 1_000) await pause(left, stopping);
      batch.push(...more);
      bytes += sizeOf(more);
    }
    return batch;
  }

  async #receive({ url }: Queue, count: number, waitMs: number): Promise<Message[]> {
    const receive = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(count, SQS_BATCH),
      WaitTimeSeconds: Math.min(20, Math.floor(waitMs / 1_000)),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await this.sqs.send(receive, { abortSignal: this.context.stopping });
    return Messages;
  }

  /** Invokes and deletes what was taken. What never reached the function is offered to it until its messages show again. */
  async #handle(queue: Queue, batch: readonly Message[], receivedAt: number): Promise<void> {
    const { invoker, region, timers, pace, stopping, onError } = this.context;
    const { name, timeoutSeconds } = this.mapping;
    const event = queueEvent(batch, queue.arn, region);
    for (let attempt = 1; ; attempt++) {
      const answer = await invoker.invoke(name, event, timeoutSeconds);
      if (answer.type === 'returned') {
        await this.#delete(queue, batch, failedItems(answer.payload, new Set(batch.map(idOf))));
        return;
      }
      onError(name, answer.type === 'failed' ? answer.payload : answer.reason);
      if (answer.type === 'failed' || stopping.aborted) return;
      const wait = fullJitter(attempt, { base: pace.retryBaseMs, cap: pace.retryCapMs });
      if (timers.monotonic() - receivedAt + wait + timeoutSeconds * 1_000 > queue.visibilityMs) return;
      await pause(wait, stopping);
    }
  }

  async #delete({ url }: Queue, batch: readonly Message[], failed: ReadonlySet<string> | undefined): Promise<void> {
    if (failed === undefined) return;
    const done = batch.filter((message) => !failed.has(idOf(message)));
    for (let from = 0; from < done.length; from += SQS_BATCH) {
      const Entries = done
        .slice(from, from + SQS_BATCH)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      if (Failed.length > 0) this.context.onError(this.mapping.name, Failed);
    }
  }
}

const idOf = ({ MessageId }: Message): string => MessageId ?? '';

const sizeOf = (messages: readonly Message[]): number =>
  messages.reduce((sum, { Body = '' }) => sum + Buffer.byteLength(Body), 0);
