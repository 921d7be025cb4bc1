import type { PackableRecord } from '../kpl/aggregate.js';
import { hashKeyDigits } from '../kpl/hash-key.js';
import {
  InvalidPartitionKeyError,
  ProducerClosedError,
  ProducerOverloadedError,
  RecordTooLargeError,
} from '../streaming.errors.js';
import { Backlog } from './backlog.js';
import type { Epoch, PendingRecord, PutReceipt } from './pending-record.js';
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
  readonly #epochs = new Set<Epoch>();
  #epoch: Epoch = newEpoch();
  #turn = 0;
  #closed = false;

  constructor(options: RecordProducerOptions) {
    this.#settings = producerSettings(options);
    this.#backlog = new Backlog(this.#settings.maxBufferedRecords, this.#settings.maxBufferedBytes);
    this.#shipping = new Shipping(this.#settings, {
      taken: (record, receipt) => {
        this.#leave(record);
        record.resolve(receipt);
      },
      failed: (record, error) => {
        this.#leave(record);
        record.reject(error);
      },
    });
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
      this.#accept(record, resolve, reject);
    });
  }

  /** Sends what is held without further waiting; resolves when every record put so far is acknowledged or refused. */
  async flush(): Promise<void> {
    if (this.#epoch.unsettled > 0) {
      this.#epochs.add(this.#epoch);
      this.#epoch = newEpoch();
    }
    const open = [...this.#epochs].map(({ settled }) => settled.promise);
    if (open.length === 0) return;
    // Puts that still wait for room come in while this goes on: they do not linger either.
    this.#shipping.hurry();
    await Promise.all(open);
    this.#shipping.calm();
  }

  /** Takes no more records and flushes (H31). The Kinesis client is the caller's and stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  /** Throws what `put` rejects with. */
  #accept(record: PackableRecord, resolve: PendingRecord['resolve'], reject: PendingRecord['reject']): void {
    const { partitionKey, explicitHashKey, data } = record;
    const { stream, maxRecordBytes, maxWaiting } = this.#settings;
    if (this.#closed) throw new ProducerClosedError(stream);
    if (partitionKey === '' || partitionKey.length > MAX_KEY_LENGTH) throw new InvalidPartitionKeyError(partitionKey);
    if (explicitHashKey !== undefined) hashKeyDigits(explicitHashKey);
    const size = data.length + Buffer.byteLength(partitionKey);
    if (size > maxRecordBytes) throw new RecordTooLargeError(size, maxRecordBytes);
    const enters = this.#backlog.tryEnter(size);
    if (!enters && this.#backlog.waiting >= maxWaiting) throw new ProducerOverloadedError(stream, maxWaiting);
    const epoch = this.#epoch;
    epoch.unsettled += 1;
    this.#turn += 1;
    const turn = this.#turn;
    const pending = { partitionKey, explicitHashKey, data, size, turn, epoch, resolve, reject, failures: 0 };
    if (enters) this.#shipping.add(pending);
    else this.#backlog.wait(size, () => this.#shipping.add(pending));
  }

  #leave({ size, epoch }: PendingRecord): void {
    epoch.unsettled -= 1;
    if (epoch.unsettled === 0 && this.#epochs.delete(epoch)) epoch.settled.resolve();
    this.#backlog.leave(size);
  }
}

function newEpoch(): Epoch {
  return { unsettled: 0, settled: Promise.withResolvers() };
}
