import {
  GetQueueUrlCommand,
  type MessageAttributeValue,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DeadLettersRefusedError, UnexpectedAnswerError } from '../../../streaming.errors.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import { letterBody } from './letter-body.js';

/** Entries of one SendMessageBatch. Source: "Amazon SQS message quotas". */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;
/** Room in a message for its attributes: what they say is cut to fit. */
const ATTRIBUTES_BYTES = 4_096;
const DETAIL_CHARACTERS = 1_000;

export interface SqsDeadLettersOptions {
  readonly sqs: SQSClient;
  /** Name of the queue, which need not be for these letters alone. With FIFO, letters of a key stay in order. */
  readonly queue: string;
  /** Bytes that the queue takes in one message or batch, attributes included; 1,048,576. */
  readonly maxBytes?: number;
}

interface Entry {
  readonly letter: DeadLetter;
  readonly bytes: number;
  readonly request: Omit<SendMessageBatchRequestEntry, 'Id'>;
}

/**
 * Dead letters in a queue of SQS. A message has the record and its position; the record itself is left out where it is
 * too large, and then is to be fetched from the stream by its position while the stream keeps it.
 */
export class SqsDeadLetters implements DeadLetters {
  readonly #maxBytes: number;
  #url: string | undefined;
  /** What SQS took of letters of which others failed: they are tried again together. */
  readonly #sent = new WeakSet<DeadLetter>();

  constructor(private readonly options: SqsDeadLettersOptions) {
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  /** Throws a DeadLettersRefusedError, and what the SDK throws. */
  async park(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
    this.#url ??= await this.#find(signal);
    const entries = letters.filter((letter) => !this.#sent.has(letter)).map((letter) => this.#entry(letter));
    for (const batch of batches(entries, this.#maxBytes)) await this.#send(this.#url, batch, signal);
  }

  async #find(signal: AbortSignal): Promise<string> {
    const { sqs, queue } = this.options;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }), { abortSignal: signal });
    if (QueueUrl === undefined) throw new UnexpectedAnswerError(`GetQueueUrl of ${queue} answered no URL`);
    return QueueUrl;
  }

  #entry(letter: DeadLetter): Entry {
    const body = letterBody(letter, this.#maxBytes - ATTRIBUTES_BYTES);
    const fifo = this.options.queue.endsWith('.fifo');
    return {
      letter,
      bytes: Buffer.byteLength(body) + ATTRIBUTES_BYTES,
      request: {
        MessageBody: body,
        MessageAttributes: attributesOf(letter),
        ...(fifo && { MessageGroupId: groupOf(letter), MessageDeduplicationId: placeOf(letter) }),
      },
    };
  }

  async #send(QueueUrl: string, batch: readonly Entry[], abortSignal: AbortSignal): Promise<void> {
    const Entries = batch.map(({ request }, at) => ({ ...request, Id: String(at) }));
    const command = new SendMessageBatchCommand({ QueueUrl, Entries });
    const { Successful = [], Failed = [] } = await this.options.sqs.send(command, { abortSignal });
    for (const { Id } of Successful) {
      const letter = batch[Number(Id)]?.letter;
      if (letter) this.#sent.add(letter);
    }
    if (Successful.length < batch.length) throw new DeadLettersRefusedError(Failed.map(({ Code = '' }) => Code));
  }
}

function batches(entries: readonly Entry[], maxBytes: number): Entry[][] {
  const all: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const last = all.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + entry.bytes <= maxBytes) last.push(entry);
    else {
      all.push([entry]);
      bytes = 0;
    }
    bytes += entry.bytes;
  }
  return all;
}

/** What a look at the queue shows, in the words that messages have there. */
function attributesOf({ stream, shardId, sequenceNumber, subSequenceNumber, application, error }: DeadLetter) {
  const texts = {
    'lethe-reason': error instanceof Error ? error.name : 'unknown',
    'lethe-detail': (error instanceof Error ? error.message : String(error)).slice(0, DETAIL_CHARACTERS),
    'lethe-application': application,
    'lethe-stream': stream,
    'lethe-shard': shardId,
    'lethe-sequence-number': sequenceNumber,
    'lethe-sub-sequence-number': subSequenceNumber === undefined ? '' : String(subSequenceNumber),
  };
  const presentable = Object.entries(texts)
    .map(([name, text]) => [name, text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '\uFFFD')] as const)
    .filter(([, text]) => text !== '');
  return Object.fromEntries(
    presentable.map(([name, StringValue]): [string, MessageAttributeValue] => [
      name,
      { DataType: 'String', StringValue },
    ]),
  );
}

function placeOf({ shardId, sequenceNumber, subSequenceNumber }: DeadLetter): string {
  return `${shardId}-${sequenceNumber}-${subSequenceNumber ?? 0}`.slice(-128);
}

function groupOf({ shardId }: DeadLetter): string {
  return shardId;
}
