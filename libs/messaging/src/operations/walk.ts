import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { MAX_BATCH_ENTRIES } from '../batches.js';
import type { MessagingClients } from '../clients.js';
import type { OperatedQueue } from './operated-queue.js';
import { Problems } from './problems.js';
import { type StoredMessage, storedMessage } from './stored-message.js';

export interface WalkOptions {
  readonly clients: MessagingClients;
  readonly queue: OperatedQueue;
  /** Messages looked at, at most. SQS hides at most 120,000 of a queue at a time. Default 100,000. */
  readonly maxScanned?: number | undefined;
  /** Seconds that the end of the queue is waited for. Default 1: SQS then asks all its servers. */
  readonly waitSeconds?: number | undefined;
  /** Ends the walk early; what it held is given back. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_SCANNED = 100_000;
/** Receives in a row that bring only messages seen before: the walk has come round. */
const ROUNDS = 3;
/** Seconds that a message stays hidden: a minute, and longer in a long queue, that no walk meets a message twice. */
const MIN_HOLD_SECONDS = 60;
const MAX_HOLD_SECONDS = 43_200;
const SLOWEST_PER_SECOND = 50;

/**
 * A walk through a queue. SQS cannot be read without receiving: each message looked at is hidden until the walk ends,
 * and then given back with visibility 0, its receive count one higher. A walk that is killed gives nothing back: the
 * messages come back by themselves when their time is over.
 */
export class Walk {
  /** What SQS refused. */
  readonly problems = new Problems();
  readonly #held = new Map<string, string>();
  readonly #deleted = new Set<string>();
  readonly #hold: number;
  #scanned = 0;
  #stale = 0;
  #over = false;
  #endedEarly = false;

  constructor(private readonly options: WalkOptions) {
    const { waiting, inFlight } = options.queue.depth;
    const needed = MIN_HOLD_SECONDS + Math.ceil((waiting + inFlight) / SLOWEST_PER_SECOND);
    this.#hold = Math.min(MAX_HOLD_SECONDS, needed);
  }

  /** Messages looked at so far. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Whether it ended before the end of the queue. */
  get isPartial(): boolean {
    return this.#endedEarly || this.options.signal?.aborted === true || this.#isFull();
  }

  /** Lets the walk end with what it has. */
  end(): void {
    this.#over = true;
    this.#endedEarly = true;
  }

  /** Up to `max` (1 to 10) messages not seen before; undefined at the end of the queue or of the walk. */
  async next(max = MAX_BATCH_ENTRIES): Promise<readonly StoredMessage[] | undefined> {
    while (!this.#isOver()) {
      const room = (this.options.maxScanned ?? DEFAULT_MAX_SCANNED) - this.#scanned;
      const received = await this.#receive(Math.min(max, room, MAX_BATCH_ENTRIES));
      if (received.length === 0) break;
      const fresh = received.filter(({ sqsMessageId }) => !this.#seen(sqsMessageId));
      const again = received.filter(({ sqsMessageId }) => this.#deleted.has(sqsMessageId));
      for (const { sqsMessageId, receiptHandle } of received) this.#held.set(sqsMessageId, receiptHandle);
      // A delete was confirmed and did not hold, which SQS allows: it is repeated, not the work.
      if (again.length > 0) await this.delete(again);
      this.#scanned += fresh.length;
      this.#stale = fresh.length > 0 ? 0 : this.#stale + 1;
      if (fresh.length > 0) return fresh;
    }
    this.#over = true;
    return undefined;
  }

  /** Deletes messages, and gives those that SQS did not delete. */
  async delete(messages: readonly StoredMessage[]): Promise<readonly StoredMessage[]> {
    if (messages.length === 0) return [];
    const refused = new Set<StoredMessage | undefined>();
    try {
      const { Failed = [] } = await this.options.clients.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.options.queue.url,
          Entries: messages.map(({ sqsMessageId, receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: this.#held.get(sqsMessageId) ?? receiptHandle,
          })),
        }),
      );
      for (const { Id, Code } of Failed) {
        refused.add(messages[Number(Id)]);
        this.problems.add(`not deleted: ${Code}`);
      }
    } catch (error) {
      for (const message of messages) refused.add(message);
      this.problems.addError('not deleted', error, messages.length);
    }
    for (const message of messages) {
      this.#deleted.add(message.sqsMessageId);
      if (!refused.has(message)) this.#held.delete(message.sqsMessageId);
    }
    return messages.filter((message) => refused.has(message));
  }

  /** Gives everything back that is still held. What SQS does not take comes back by itself when its time is over. */
  async release(): Promise<void> {
    this.#over = true;
    const handles = [...this.#held.values()];
    this.#held.clear();
    for (let at = 0; at < handles.length; at += MAX_BATCH_ENTRIES)
      await this.#giveBack(handles.slice(at, at + MAX_BATCH_ENTRIES));
  }

  #isOver(): boolean {
    return this.#over || this.options.signal?.aborted === true || this.#isFull() || this.#stale >= ROUNDS;
  }

  #isFull(): boolean {
    return this.#scanned >= (this.options.maxScanned ?? DEFAULT_MAX_SCANNED);
  }

  #seen(sqsMessageId: string): boolean {
    return this.#held.has(sqsMessageId) || this.#deleted.has(sqsMessageId);
  }

  async #receive(max: number): Promise<StoredMessage[]> {
    const { clients, queue, waitSeconds = 1 } = this.options;
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: this.#hold,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(storedMessage);
  }

  async #giveBack(handles: readonly string[]): Promise<void> {
    try {
      const { Failed = [] } = await this.options.clients.sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.options.queue.url,
          Entries: handles.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      );
      for (const { Code } of Failed) this.problems.add(`hidden for up to ${this.#hold} s: ${Code}`);
    } catch (error) {
      this.problems.addError(`hidden for up to ${this.#hold} s`, error, handles.length);
    }
  }
}
