import type { AwsClients } from '@lethe/aws';
import type { InputOf, StreamDefinition } from '@lethe/topology';
import { encodeRecord } from '../record-codec.js';
import { ProducerClosedError, RecordTooLargeError } from '../streaming.errors.js';
import { Backlog } from './backlog.js';
import { type PendingRecord, type PutPolicy, type PutReceipt, putBatch } from './put-batch.js';

const MIB = 1_048_576;
/** PutRecords: records of one request (Kinesis API reference). */
const MAX_BATCH_RECORDS = 500;
/** PutRecords: bytes of one request, partition keys included (Kinesis API reference). */
const MAX_BATCH_BYTES = 5 * MIB;
const BACKOFF = { base: 25, cap: 1_000 } as const;

export interface StreamProducerOptions<D extends StreamDefinition> {
  readonly definition: D;
  /** Name of the stream in AWS, see `streamName` of the topology. */
  readonly stream: string;
  readonly clients: Pick<AwsClients, 'kinesis'>;
  /** Milliseconds that the first record of a batch waits for company; 5. */
  readonly lingerMs?: number;
  /** PutRecords calls under way at once; 4. */
  readonly maxInFlight?: number;
  /** Records held, sent ones included, before `put` waits; 10,000. */
  readonly maxBufferedRecords?: number;
  /** Bytes held before `put` waits; 32 MiB. */
  readonly maxBufferedBytes?: number;
  /** Bytes of one record with its key; 1 MiB, the limit of a stream unless raised by UpdateMaxRecordSize. */
  readonly maxRecordBytes?: number;
  /** PutRecords calls for one record before it is refused; 10. */
  readonly maxAttempts?: number;
  /** Source of jitter; Math.random. */
  readonly random?: () => number;
}

/**
 * Writes records to a Kinesis stream in batches. A record counts as written when Kinesis has acknowledged it, never
 * sooner: `put` resolves then. What is held is bounded; beyond the bound `put` waits.
 */
export class StreamProducer<D extends StreamDefinition = StreamDefinition> {
  readonly #options: StreamProducerOptions<D>;
  readonly #policy: PutPolicy;
  readonly #backlog: Backlog;
  readonly #queue: PendingRecord[] = [];
  readonly #unsettled = new Set<Promise<unknown>>();
  #queuedBytes = 0;
  #inFlight = 0;
  #flushes = 0;
  #linger: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StreamProducerOptions<D>) {
    this.#options = options;
    this.#backlog = new Backlog(options.maxBufferedRecords ?? 10_000, options.maxBufferedBytes ?? 32 * MIB);
    this.#policy = {
      maxAttempts: options.maxAttempts ?? 10,
      backoff: BACKOFF,
      random: options.random ?? Math.random,
    };
  }

  /** Records held: waiting, or sent and not yet acknowledged. */
  get buffered(): number {
    return this.#backlog.records;
  }

  /** Calls of `put` that wait for room. */
  get waiting(): number {
    return this.#backlog.waiting;
  }

  /**
   * Writes one record and resolves when Kinesis has it. Rejects with a RecordFormatError where the data breaks the
   * schema, a RecordTooLargeError, a RecordRefusedError after the last attempt, a ProducerClosedError after `close`,
   * or the SDK's own error. After a rejection the record may or may not be in the stream: put it again.
   */
  async put(data: InputOf<D>): Promise<PutReceipt> {
    if (this.#closed) throw new ProducerClosedError(this.#options.stream);
    const record = encodeRecord(this.#options.definition, data);
    const limit = this.#options.maxRecordBytes ?? MIB;
    if (record.size > limit) throw new RecordTooLargeError(record.size, limit);

    const { promise, resolve, reject } = Promise.withResolvers<PutReceipt>();
    this.#unsettled.add(promise);
    await this.#backlog.enter(record.size);
    const settle: PendingRecord['settle'] = (outcome) => {
      this.#backlog.leave(record.size);
      this.#unsettled.delete(promise);
      if ('receipt' in outcome) resolve(outcome.receipt);
      else reject(outcome.error);
    };
    this.#queue.push({ record, settle });
    this.#queuedBytes += record.size;
    this.#schedule();
    return promise;
  }

  /** Sends what is held without further waiting; resolves when every record put so far is acknowledged or refused. */
  async flush(): Promise<void> {
    // Puts that still wait for room come in while this goes on: they do not linger either.
    this.#flushes += 1;
    this.#sendAll();
    await Promise.allSettled(this.#unsettled);
    this.#flushes -= 1;
  }

  /** Takes no more records and flushes (H31). The Kinesis client is the caller's and stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #schedule(): void {
    const full = this.#queue.length >= MAX_BATCH_RECORDS || this.#queuedBytes >= MAX_BATCH_BYTES;
    if (full || this.#flushes > 0) {
      this.#sendAll();
      return;
    }
    this.#linger ??= setTimeout(() => {
      this.#sendAll();
    }, this.#options.lingerMs ?? 5);
  }

  #sendAll(): void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    while (this.#queue.length > 0 && this.#inFlight < (this.#options.maxInFlight ?? 4)) {
      const batch = this.#nextBatch();
      this.#inFlight += 1;
      const { clients, stream } = this.#options;
      void putBatch(clients.kinesis, stream, batch, this.#policy).finally(() => {
        this.#inFlight -= 1;
        // What waited for a free call has lingered long enough.
        this.#sendAll();
      });
    }
  }

  /** Takes from the head of the queue what fits one request. */
  #nextBatch(): PendingRecord[] {
    let bytes = 0;
    const fits = ({ record }: PendingRecord, at: number): boolean => {
      if (at > 0 && (at >= MAX_BATCH_RECORDS || bytes + record.size > MAX_BATCH_BYTES)) return false;
      bytes += record.size;
      return true;
    };
    const end = this.#queue.findIndex((pending, at) => !fits(pending, at));
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }
}
