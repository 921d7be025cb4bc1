import type { SQSClient } from '@aws-sdk/client-sqs';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { WrittenLetter } from '../consumer/handling/dead-letters/letter-body.js';
import { listShards } from '../consumer/leases/shards/list-shards.js';
import type { Shard } from '../consumer/leases/lease.js';
import { RecordProducer } from '../producer/record-producer.js';
import { type HeldLetter, LetterQueue } from './letter-queue.js';
import { inStreamOrder, placeOf, recordOf } from './letter-record.js';

/** Keys whose records are put at a time: one of each. */
const WAVE = 500;

export interface RedriveOptions {
  readonly clients: { readonly kinesis: KinesisClient; readonly sqs: SQSClient };
  /** Name of the queue, which may have other messages too. */
  readonly queue: string;
  /** Name of the stream in AWS. */
  readonly stream: string;
  readonly application: string;
  /** Letters, at most: the oldest; all. */
  readonly limit?: number | undefined;
  /** Only look. */
  readonly dryRun?: boolean | undefined;
  /** Ends the work after what is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** What came of a redrive. */
export interface RedriveReport {
  /** Messages of the queue that were looked at. */
  readonly scanned: number;
  /** Records of the stream and the application among them, each once. */
  readonly letters: number;
  /** Those of them that are in the stream again, and out of the queue. */
  readonly redriven: number;
  /** Those whose record neither the letter nor the stream has any more; they stay. */
  readonly gone: number;
  /** Letters that are in the stream again and that SQS did not delete: the next redrive would repeat them. */
  readonly undeleted: number;
  /** Why Kinesis did not take records; these stay, and those of their keys behind them. */
  readonly failures: readonly string[];
}

/**
 * Puts parked records back into their stream, with the key, the shard and the bytes that they had: one after the other for
 * each key, in the order of the stream, each once however often it was parked. A letter is deleted when Kinesis has its
 * record; what a crash catches between the two goes again. Throws the SDK's errors where a queue or stream is away.
 */
export async function redriveLetters(options: RedriveOptions): Promise<RedriveReport> {
  return new Redrive(options, await LetterQueue.open(options.clients.sqs, options.queue)).run();
}

/** The letters of one record. */
interface Parked {
  readonly letter: WrittenLetter;
  readonly messageIds: string[];
}

class Redrive {
  readonly #producer: RecordProducer;
  /** Of what was put: letters of it are the next redrive's, for they failed again. */
  readonly #put = new Set<string>();
  readonly #failures: string[] = [];
  #letters = 0;
  #redriven = 0;
  #gone = 0;
  #undeleted = 0;

  constructor(
    private readonly options: RedriveOptions,
    private readonly queue: LetterQueue,
  ) {
    const { stream, clients } = options;
    this.#producer = new RecordProducer({ stream, clients, aggregation: false, ordered: 'key', lingerMs: 0 });
  }

  async run(): Promise<RedriveReport> {
    const { clients, stream, queue } = this.options;
    try {
      const shards = await listShards(clients.kinesis, stream);
      // A FIFO queue shows no more of a group than a few messages until these are deleted.
      for (let before = -1; this.#redriven > before;) {
        before = queue.endsWith('.fifo') ? this.#redriven : Number.POSITIVE_INFINITY;
        await this.#round(shards);
      }
    } finally {
      await this.#producer.close();
      await this.queue.release();
    }
    return {
      scanned: this.queue.scanned,
      letters: this.#letters,
      redriven: this.#redriven,
      gone: this.#gone,
      undeleted: this.#undeleted,
      failures: this.#failures,
    };
  }

  async #round(shards: readonly Shard[]): Promise<void> {
    const { dryRun, signal, limit = Number.POSITIVE_INFINITY, onProgress } = this.options;
    const held = await this.queue.collect((letter) => this.#isMeant(letter), signal);
    const parked = byPlace(held).slice(0, limit - this.#letters);
    this.#letters += parked.length;
    if (dryRun === true) return;
    const lines = byKey(parked);
    const isOver = (): boolean => lines.size === 0 || signal?.aborted === true;
    while (!isOver()) {
      const wave = [...lines].slice(0, WAVE);
      await Promise.all(wave.map(([key, line]) => this.#next(line, shards).then((on) => on || lines.delete(key))));
      onProgress?.(this.#redriven, this.#letters);
    }
  }

  #isMeant({ stream, application, sequenceNumber }: WrittenLetter): boolean {
    return stream === this.options.stream && application === this.options.application && !this.#put.has(sequenceNumber);
  }

  /** Puts the next record of a key; whether another one may follow. */
  async #next(line: Parked[], shards: readonly Shard[]): Promise<boolean> {
    const parked = line.shift();
    if (!parked) return false;
    const record = await recordOf(this.options.clients.kinesis, parked.letter, shards);
    if (!record) {
      this.#gone += 1;
      return line.length > 0;
    }
    try {
      const { sequenceNumber } = await this.#producer.put(record);
      this.#put.add(sequenceNumber);
    } catch (error) {
      this.#failures.push(error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#redriven += 1;
    const undeleted = await this.queue.delete(parked.messageIds);
    if (undeleted.length > 0) this.#undeleted += 1;
    return line.length > 0;
  }
}

/** Each record once, in the order of the stream. */
function byPlace(held: readonly HeldLetter[]): Parked[] {
  const parked = new Map<string, Parked>();
  for (const { letter, messageId } of held) {
    const place = placeOf(letter);
    const known = parked.get(place);
    if (known) known.messageIds.push(messageId);
    else parked.set(place, { letter, messageIds: [messageId] });
  }
  return [...parked.values()].sort((a, b) => inStreamOrder(a.letter, b.letter));
}

function byKey(parked: readonly Parked[]): Map<string, Parked[]> {
  const lines = new Map<string, Parked[]>();
  for (const one of parked) {
    const { partitionKey } = one.letter;
    const line = lines.get(partitionKey);
    if (line) line.push(one);
    else lines.set(partitionKey, [one]);
  }
  return lines;
}
