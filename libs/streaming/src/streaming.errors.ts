/** A record is not in the form that this library writes, or its data breaks the stream's schema. */
export class RecordFormatError extends Error {
  override readonly name = 'RecordFormatError';
  constructor(
    readonly reason: 'undecodable' | 'invalid-envelope' | 'invalid-data',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${detail}`, options);
  }
}

/** A record with its partition key is larger than the stream takes. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`the record has ${bytes} bytes, the stream takes ${limit}`);
  }
}

/** An explicit hash key is no whole number from 0 to 2^128 - 1 in decimal digits. */
export class InvalidHashKeyError extends RangeError {
  override readonly name = 'InvalidHashKeyError';
  constructor(readonly hashKey: string) {
    super(`"${hashKey}" is no hash key`);
  }
}

/** A partition key is empty or longer than Kinesis takes. */
export class InvalidPartitionKeyError extends RangeError {
  override readonly name = 'InvalidPartitionKeyError';
  constructor(readonly partitionKey: string) {
    super(`a partition key has 1 to 256 characters, this one ${partitionKey.length}`);
  }
}

/** Kinesis refused a record as often as the producer was willing to try. */
export class RecordRefusedError extends Error {
  override readonly name = 'RecordRefusedError';
  constructor(
    /** The `ErrorCode` of the last answer, such as `ProvisionedThroughputExceededException`. */
    readonly code: string,
    readonly attempts: number,
    detail: string,
  ) {
    super(`${code} after ${attempts} attempts: ${detail}`);
  }
}

/** The producer is closed and takes no more records. */
export class ProducerClosedError extends Error {
  override readonly name = 'ProducerClosedError';
  constructor(readonly stream: string) {
    super(`the producer of ${stream} is closed`);
  }
}

/** More calls of `put` wait for room than the producer lets wait: nobody waited for the earlier ones. */
export class ProducerOverloadedError extends Error {
  override readonly name = 'ProducerOverloadedError';
  constructor(
    readonly stream: string,
    readonly waiting: number,
  ) {
    super(`${waiting} records wait for room in the producer of ${stream} already`);
  }
}

/** Another worker holds the lease, or it ran out: nothing may be delivered or checkpointed under it any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor(
    readonly leaseKey: string,
    options?: ErrorOptions,
  ) {
    super(`the lease ${leaseKey} is no longer held by this worker`, options);
  }
}

/**
 * A checkpoint is no position in its shard. The shard is not read from anywhere else instead: skipping to the latest
 * record would lose data without a word. Correct the `checkpoint` of the lease row.
 */
export class InvalidCheckpointError extends Error {
  override readonly name = 'InvalidCheckpointError';
  constructor(
    readonly shardId: string,
    readonly checkpoint: string,
    options?: ErrorOptions,
  ) {
    super(`"${checkpoint}" is no position in ${shardId}`, options);
  }
}

/** The service answered without a member that its API promises. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

/** Somebody else has gone on in the shard: what was done in this transaction must not be committed. */
export class StaleBatchError extends Error {
  override readonly name = 'StaleBatchError';
  constructor(
    readonly shardId: string,
    detail: string,
  ) {
    super(`${shardId}: ${detail}`);
  }
}

/** An earlier attempt of the very same batch was committed, and its answer was lost: the batch counts as handled. */
export class BatchAppliedError extends Error {
  override readonly name = 'BatchAppliedError';
  constructor(
    readonly shardId: string,
    readonly to: string,
  ) {
    super(`${shardId}: everything up to ${to} has taken effect before`);
  }
}

/** Where a record is in its shard. */
interface RecordPlace {
  readonly sequenceNumber: string;
  readonly subSequenceNumber?: number;
}

/**
 * Thrown by a handler that knows which records are at fault: they go to the dead letters at once, and the others of the
 * batch come again without them. Where there are no dead letters it is a failure like any other.
 */
export class PoisonRecordsError extends Error {
  override readonly name = 'PoisonRecordsError';
  readonly #places: ReadonlySet<string>;

  constructor(records: readonly RecordPlace[], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.#places = new Set(records.map(placeOf));
  }

  /** Those of the records that are at fault. */
  among<R extends RecordPlace>(records: readonly R[]): R[] {
    return records.filter((record) => this.#places.has(placeOf(record)));
  }
}

function placeOf({ sequenceNumber, subSequenceNumber }: RecordPlace): string {
  return `${sequenceNumber}:${subSequenceNumber ?? ''}`;
}

/** Nothing came over a subscription to a shard, not even that there is nothing. */
export class SilentSubscriptionError extends Error {
  override readonly name = 'SilentSubscriptionError';
  constructor(readonly silenceMs: number) {
    super(`nothing came for ${silenceMs} ms`);
  }
}

/** SQS did not take all of the dead letters. */
export class DeadLettersRefusedError extends Error {
  override readonly name = 'DeadLettersRefusedError';
  constructor(readonly codes: readonly string[]) {
    super(`SQS refused ${codes.length} dead letters: ${[...new Set(codes)].join(', ')}`);
  }
}

/** This Kinesis cannot be told how many shards there shall be. */
export class NoShardCountError extends Error {
  override readonly name = 'NoShardCountError';
  constructor(options: ErrorOptions) {
    super('this Kinesis does not know UpdateShardCount: split and merge single shards', options);
  }
}
