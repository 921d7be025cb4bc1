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
