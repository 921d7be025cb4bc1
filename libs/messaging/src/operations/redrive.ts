import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { type Timers, fullJitter, pause, systemTimers } from '@lethe/kernel';
import { splitBatches } from '../batches.js';
import { DestinationError } from '../messaging.errors.js';
import { type OperatedQueue, openDeadLetters, openQueue } from './operated-queue.js';
import { type StoredMessage, originalAttributes } from './stored-message.js';
import { type SweepOptions, type SweepReport, sweep } from './sweep.js';
import type { Walk } from './walk.js';

export interface RedriveOptions extends SweepOptions {
  /** The queue whose dead letters are meant. */
  readonly queue: string;
  /** Where they go. Default: back to that queue. */
  readonly to?: string | undefined;
  /** Only tell what would be done. */
  readonly dryRun?: boolean | undefined;
}

/** What came of a redrive; `done` counts the messages sent and deleted. */
export interface RedriveReport extends SweepReport {
  readonly destination: string;
  /** Messages sent, those included that could not be deleted: these will come twice, and the inbox drops one (R13). */
  readonly sent: number;
}

type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;
interface Prepared {
  readonly message: StoredMessage;
  readonly entry: Entry;
  readonly bytes: number;
}

/** Bytes of the largest request to SQS. Source: SendMessageBatch. */
const MAX_REQUEST_BYTES = 1_048_576;
const ATTEMPTS = 4;
const BACKOFF_MS = { base: 100, cap: 2_000 };

/**
 * Sends dead letters back to their queue: with body, CloudEvents id and attributes as they were, without the diagnosis.
 * Each is sent first and deleted then, so that a crash between the two leaves it twice, never lost; the inbox drops the
 * second (R13). What is left is redriven by the next run. Messages that arrive meanwhile are left, so that those that
 * fail once more do not go round in circles. In a FIFO queue each group keeps its order: one message of a group is under
 * way at a time, and a group of which one cannot be sent is left from there on.
 *
 * Throws a {@link DestinationError} where a queue is missing, or order would be lost; and the error of the SDK where the
 * dead-letter queue cannot be read.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { source, deadLetters } = await openDeadLetters(options.clients, options.queue);
  const destination = options.to === undefined ? source : await openQueue(options.clients, options.to);
  if (destination.fifo !== deadLetters.fifo)
    throw new DestinationError(
      destination.name,
      `is ${destination.fifo ? '' : 'not '}FIFO, unlike ${deadLetters.name}`,
    );
  const work = new Redrive(destination, options);
  const report = await sweep(deadLetters, options, (messages, walk) =>
    options.dryRun === true ? Promise.resolve(0) : work.move(messages, walk),
  );
  return { ...report, destination: destination.name, sent: work.sent };
}

class Redrive {
  sent = 0;
  readonly #stopped = new Set<string>();
  readonly #timers: Timers;

  constructor(
    private readonly destination: OperatedQueue,
    private readonly options: RedriveOptions,
  ) {
    this.#timers = options.timers ?? systemTimers;
  }

  /** Sends, and deletes what was sent. Gives the number of messages of which both is done. */
  async move(messages: readonly StoredMessage[], walk: Walk): Promise<number> {
    let done = 0;
    for (const round of this.destination.fifo ? rounds(messages) : [messages]) {
      const sent = await this.#send(
        round.filter(({ groupId }) => groupId === undefined || !this.#stopped.has(groupId)),
        walk,
      );
      this.sent += sent.length;
      done += sent.length - (await walk.delete(sent)).length;
    }
    return done;
  }

  /** Sends up to ten messages and gives those that SQS has. */
  async #send(messages: readonly StoredMessage[], walk: Walk): Promise<StoredMessage[]> {
    const sent: StoredMessage[] = [];
    const prepared = messages.map((message) => {
      const entry = entryOf(message, this.destination);
      return { message, entry, bytes: bytesOf(entry) };
    });
    try {
      for (const batch of splitBatches(prepared, MAX_REQUEST_BYTES)) await this.#sendBatch(batch, sent, walk);
    } catch (error) {
      // What failed as a whole would fail again. What was sent before is deleted still.
      walk.problems.addError('not sent', error, messages.length - sent.length);
      walk.end();
    }
    return sent;
  }

  /** Sends a batch, and again what SQS refuses for the moment. Throws the error of the SDK where all is refused. */
  async #sendBatch(batch: readonly Prepared[], sent: StoredMessage[], walk: Walk): Promise<void> {
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > 1) {
        const ms = fullJitter(attempt - 1, BACKOFF_MS, () => this.#timers.random());
        await pause(ms, this.options.signal, this.#timers);
      }
      const refused = await this.#request(left);
      const again: Prepared[] = [];
      for (const prepared of left) {
        const refusal = refused.get(prepared);
        if (refusal === undefined) sent.push(prepared.message);
        else if (refusal.SenderFault !== true && attempt < ATTEMPTS) again.push(prepared);
        else this.#giveUp(prepared.message, refusal.Code ?? 'Unknown', walk);
      }
      left = again;
    }
  }

  #giveUp({ groupId }: StoredMessage, code: string, walk: Walk): void {
    walk.problems.add(`not sent: ${code}`);
    if (groupId !== undefined && this.destination.fifo) this.#stopped.add(groupId);
  }

  /** The entries that were refused. Their ids are places: a message can lie in a dead-letter queue twice. */
  async #request(batch: readonly Prepared[]): Promise<Map<Prepared | undefined, BatchResultErrorEntry>> {
    const { Failed = [] } = await this.options.clients.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: this.destination.url,
        Entries: batch.map(({ entry }, at) => ({ ...entry, Id: String(at) })),
      }),
    );
    return new Map(Failed.map((failed) => [batch[Number(failed.Id)], failed]));
  }
}

/** The first messages of the groups, the second ones, and so on: within a round no two are of one group. */
function rounds(messages: readonly StoredMessage[]): StoredMessage[][] {
  const groups = Map.groupBy(messages, ({ groupId }) => groupId);
  const longest = Math.max(...[...groups.values()].map((group) => group.length));
  return Array.from({ length: longest }, (_, at) => [...groups.values()].flatMap((group) => group.slice(at, at + 1)));
}

function entryOf(message: StoredMessage, { fifo }: OperatedQueue): Entry {
  const { body, groupId, sqsMessageId } = message;
  return {
    MessageBody: body,
    MessageAttributes: originalAttributes(message),
    ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
    // Not the one of the first time: for five minutes SQS would take the message and drop it as a duplicate. The same for
    // each try to move this dead letter: what was sent before a crash is not sent twice.
    ...(fifo ? { MessageDeduplicationId: `redrive-${sqsMessageId}` } : {}),
  };
}

/** The size as SQS counts it: body, and name, type and value of each attribute. */
function bytesOf({ MessageBody, MessageAttributes = {} }: Entry): number {
  return Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType ?? '') +
      (BinaryValue?.byteLength ?? Buffer.byteLength(StringValue ?? '')),
    Buffer.byteLength(MessageBody ?? ''),
  );
}
