import type { PackableRecord } from '../kpl/aggregate.js';

/** Where a record came to lie. */
export interface PutReceipt {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Its place among those packed into one record, from 0. */
  readonly subSequenceNumber?: number;
}

/** Who waits for records: for one, or for many at once. Told of one or of several in a row. */
export interface Waiter {
  taken(shardId: string, sequenceNumber: string, subSequenceNumber: number | undefined, count: number): void;
  failed(error: unknown, count: number): void;
}

/** A record on its way. */
export interface PendingRecord {
  readonly record: PackableRecord;
  /** What Kinesis counts: the data before base64, plus the partition key in UTF-8. */
  readonly size: number;
  /** Which one it was of all that were put. */
  readonly turn: number;
  readonly waiter: Waiter;
  /** Times that Kinesis refused it, or took it into a shard that is not its own. */
  readonly failures: number;
}

/** Records that go together and that one waits for: all that is remembered of them beside their bytes. */
export interface Run {
  readonly waiter: Waiter;
  /** Of one of them: they were all put in one go. */
  readonly turn: number;
  count: number;
  /** What Kinesis would count of them one by one. */
  bytes: number;
}

/** Waits for one record. */
export class OneWaiter implements Waiter {
  constructor(
    private readonly resolve: (receipt: PutReceipt) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  taken(shardId: string, sequenceNumber: string, subSequenceNumber: number | undefined): void {
    this.resolve(
      subSequenceNumber === undefined ? { shardId, sequenceNumber } : { shardId, sequenceNumber, subSequenceNumber },
    );
  }

  failed(error: unknown): void {
    this.reject(error);
  }
}

/** Waits for so many records. Of several errors it tells the first. */
export class ManyWaiter implements Waiter {
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private unsettled: number,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  taken(_shardId: string, _sequenceNumber: string, _subSequenceNumber: number | undefined, count: number): void {
    this.#settled(count);
  }

  failed(error: unknown, count: number): void {
    this.#failure ??= { error };
    this.#settled(count);
  }

  #settled(count: number): void {
    this.unsettled -= count;
    if (this.unsettled > 0) return;
    if (this.#failure) this.reject(this.#failure.error);
    else this.resolve();
  }
}
