import type { PackableRecord } from '../kpl/aggregate.js';
import { hashKeyDigits } from '../kpl/hash-key.js';
import { utf8Length } from '../kpl/utf8-length.js';
import {
  InvalidPartitionKeyError,
  ProducerClosedError,
  ProducerOverloadedError,
  RecordTooLargeError,
} from '../streaming.errors.js';
import { Backlog } from './backlog.js';
import { ManyWaiter, OneWaiter, type PutReceipt, type Run, type Waiter } from './pending-record.js';
import { type ProducerSettings, type RecordProducerOptions, producerSettings } from './producer-options.js';
import { Shipping } from './shipping.js';

/** Characters of a partition key (Kinesis API reference). One that breaks it would fail its whole request. */
const MAX_KEY_LENGTH = 256;

/**
 * Writes bytes to a Kinesis stream, packed and in batches. A record counts as written when Kinesis has acknowledged it,
 * never sooner: `put` resolves then. What is held is bounded; beyond the bound `put` waits.
 */
export class RecordProducer {
  readonly #settings: ProducerSettings;
  readonly #backlog: Backlog;
  readonly #shipping: Shipping;
  readonly #flushes = new Set<Flush>();
  #turn = 0;
  #unsettled = 0;
  #closed = false;

  constructor(options: RecordProducerOptions) {
    this.#settings = producerSettings(options);
    this.#backlog = new Backlog(this.#settings.maxBufferedRecords, this.#settings.maxBufferedBytes);
    this.#shipping = new Shipping(this.#settings, (run) => this.#leave(run));
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
   * Writes one record and resolves when Kinesis has it; its bytes must not change until then. Rejects with a
   * RecordTooLargeError, an InvalidPartitionKeyError, an InvalidHashKeyError, a RecordRefusedError after the last attempt,
   * a ProducerOverloadedError where too many wait already, a ProducerClosedError after `close`, or the SDK's own error.
   * After a rejection the record may or may not be in the stream: put it again.
   */
  put(record: PackableRecord): Promise<PutReceipt> {
    return new Promise((resolve, reject) => {
      const size = this.#sizeOf(record);
      this.#accept(record, size, new OneWaiter(resolve, reject));
    });
  }

  /**
   * Writes many records at less than half of what as many calls of `put` cost, and resolves when Kinesis has them all.
   * Rejects as `put` does: before anything is written, where one of them cannot be; or once each is settled, with the first
   * error. More than the producer holds at once are fed in as there is room, and count as one of those who wait.
   */
  putAll(records: readonly PackableRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const sizes = records.map((record) => this.#sizeOf(record));
      const waiter = new ManyWaiter(records.length, resolve, reject);
      if (records.length === 0) resolve();
      for (let at = 0; at < records.length; at += 1) {
        const record = records[at];
        if (record) this.#accept(record, sizes[at] ?? 0, waiter);
      }
    });
  }

  /** Sends what is held without further waiting; resolves when every record put so far is acknowledged or refused. */
  async flush(): Promise<void> {
    if (this.#unsettled === 0) return;
    const flush: Flush = { upTo: this.#turn, unsettled: this.#unsettled, done: Promise.withResolvers() };
    this.#flushes.add(flush);
    // Puts that still wait for room come in while this goes on: they do not linger either.
    this.#shipping.hurry();
    await flush.done.promise;
    this.#shipping.calm();
  }

  /** Takes no more records and flushes (H31). The Kinesis client is the caller's and stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  /** What Kinesis counts. Throws what `put` rejects with. */
  #sizeOf({ partitionKey, explicitHashKey, data }: PackableRecord): number {
    const { stream, maxRecordBytes, maxWaiting } = this.#settings;
    if (this.#closed) throw new ProducerClosedError(stream);
    if (partitionKey === '' || partitionKey.length > MAX_KEY_LENGTH) throw new InvalidPartitionKeyError(partitionKey);
    if (explicitHashKey !== undefined) hashKeyDigits(explicitHashKey);
    const size = data.length + utf8Length(partitionKey);
    if (size > maxRecordBytes) throw new RecordTooLargeError(size, maxRecordBytes);
    if (this.#backlog.waiting >= maxWaiting) throw new ProducerOverloadedError(stream, maxWaiting);
    return size;
  }

  #accept(record: PackableRecord, size: number, waiter: Waiter): void {
    this.#unsettled += 1;
    this.#turn += 1;
    const pending = { record, size, turn: this.#turn, waiter, failures: 0 };
    if (this.#backlog.tryEnter(size)) this.#shipping.add(pending);
    else this.#backlog.wait(size, () => this.#shipping.add(pending));
  }

  #leave({ turn, count, bytes }: Omit<Run, 'waiter'>): void {
    this.#unsettled -= count;
    this.#backlog.leave(bytes, count);
    for (const flush of this.#flushes) {
      if (turn > flush.upTo) continue;
      flush.unsettled -= count;
      if (flush.unsettled === 0 && this.#flushes.delete(flush)) flush.done.resolve();
    }
  }
}

/** Waits for the records up to a turn. */
interface Flush {
  readonly upTo: number;
  unsettled: number;
  readonly done: PromiseWithResolvers<void>;
}
