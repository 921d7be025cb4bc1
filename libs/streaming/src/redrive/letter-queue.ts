import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { WrittenLetter } from '../consumer/handling/dead-letters/letter-body.js';
import { UnexpectedAnswerError } from '../streaming.errors.js';

/** Entries of one batch. Source: "Amazon SQS message quotas". */
const MAX_ENTRIES = 10;
/** Messages held at most: SQS hides 120,000 of a queue at a time. */
const MOST = 100_000;
/** Receives in a row without anything new after which the queue counts as read. */
const STALE_RECEIVES = 3;
/** Seconds that a message stays hidden: a minute, and longer in a long queue. */
const [MIN_HOLD_SECONDS, MAX_HOLD_SECONDS, SLOWEST_PER_SECOND] = [60, 43_200, 50];

/** A letter, and the message that it came in. */
export interface HeldLetter {
  readonly letter: WrittenLetter;
  readonly messageId: string;
}

/** A queue with dead letters, perhaps among other messages. What it has received is hidden until it is released. */
export class LetterQueue {
  /** Receipt handles by the message's id. */
  readonly #held = new Map<string, string>();
  #scanned = 0;

  private constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
    private readonly holdSeconds: number,
  ) {}

  /** Throws the SDK's errors. */
  static async open(sqs: SQSClient, name: string): Promise<LetterQueue> {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl === undefined) throw new UnexpectedAnswerError(`GetQueueUrl of ${name} answered no URL`);
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    const waiting = Number(Attributes['ApproximateNumberOfMessages'] ?? 0);
    const hold = Math.min(MAX_HOLD_SECONDS, MIN_HOLD_SECONDS + Math.ceil(waiting / SLOWEST_PER_SECOND));
    return new LetterQueue(sqs, QueueUrl, hold);
  }

  /** Messages looked at. */
  get scanned(): number {
    return this.#scanned;
  }

  /** The letters that are meant, of all that can be received until the queue's end or `signal`. */
  async collect(isMeant: (letter: WrittenLetter) => boolean, signal?: AbortSignal): Promise<HeldLetter[]> {
    const found: HeldLetter[] = [];
    const mayGoOn = (): boolean => this.#held.size < MOST && signal?.aborted !== true;
    for (let stale = 0; stale < STALE_RECEIVES && mayGoOn();) {
      const messages = await this.#receive();
      if (messages.length === 0) break;
      const fresh = messages.filter(({ MessageId = '' }) => !this.#held.has(MessageId));
      stale = fresh.length > 0 ? 0 : stale + 1;
      this.#scanned += fresh.length;
      for (const { MessageId = '', ReceiptHandle = '' } of messages) this.#held.set(MessageId, ReceiptHandle);
      for (const { MessageId: messageId = '', Body = '' } of fresh) {
        const letter = readLetter(Body);
        if (letter && isMeant(letter)) found.push({ letter, messageId });
      }
    }
    return found;
  }

  /** Deletes messages by their ids, and gives those that SQS did not delete. */
  async delete(messageIds: readonly string[]): Promise<string[]> {
    const refused: string[] = [];
    for (const batch of inBatches(messageIds)) {
      const Entries = batch.map((id, at) => ({ Id: String(at), ReceiptHandle: this.#held.get(id) }));
      const { Failed = [] } = await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
      const failed = new Set(Failed.map(({ Id }) => batch[Number(Id)]));
      for (const id of batch) {
        this.#held.delete(id);
        if (failed.has(id)) refused.push(id);
      }
    }
    return refused;
  }

  /** Gives back what is still held. What SQS does not take comes back by itself when its time is over. */
  async release(): Promise<void> {
    const handles = [...this.#held.values()];
    this.#held.clear();
    for (const batch of inBatches(handles)) {
      const Entries = batch.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle, VisibilityTimeout: 0 }));
      await this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries }));
    }
  }

  async #receive(): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: MAX_ENTRIES,
        // SQS then asks all its servers, and an empty answer means that there is nothing.
        WaitTimeSeconds: 1,
        VisibilityTimeout: this.holdSeconds,
      }),
    );
    return Messages;
  }
}

function* inBatches(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += MAX_ENTRIES) yield ids.slice(at, at + MAX_ENTRIES);
}

/** The letter, or nothing where the message is something else. */
function readLetter(body: string): WrittenLetter | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isLetter(json) ? json : undefined;
}

function isLetter(json: unknown): json is WrittenLetter {
  if (typeof json !== 'object' || json === null) return false;
  const has = (name: string): boolean => typeof Reflect.get(json, name) === 'string';
  const data: unknown = Reflect.get(json, 'data');
  return (
    ['stream', 'application', 'shardId', 'partitionKey'].every(has) &&
    /^\d+$/.test(String(Reflect.get(json, 'sequenceNumber'))) &&
    (data === null || typeof data === 'string')
  );
}
