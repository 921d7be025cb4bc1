import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  InvalidArgumentException,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { InvalidCheckpointError, UnexpectedAnswerError } from '../streaming.errors.js';
import { type Position, parseCheckpoint } from './leases/checkpoint.js';
import { type UserRecord, userRecords } from './user-record.js';
import { iteratorAt } from './reading/start-position.js';

export interface ShardPage {
  /** Those that were packed are unpacked: there may be more than the limit. */
  readonly records: readonly UserRecord[];
  readonly millisBehindLatest: number;
  /** The shard is closed and this was its last page. */
  readonly last: boolean;
}

export interface ShardIteratorOptions {
  readonly kinesis: KinesisClient;
  readonly stream: string;
  readonly shardId: string;
  readonly checkpoint: string;
  /** Records of one page, at most 10,000. */
  readonly limit: number;
  readonly onExpired: () => void;
}

/** Walks a shard page by page, from its checkpoint on. */
export class ShardPages {
  readonly #options: ShardIteratorOptions;
  #position: Position;
  #iterator: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  /** Throws an InvalidCheckpointError. */
  constructor(options: ShardIteratorOptions) {
    this.#options = options;
    this.#position = parseCheckpoint(options.shardId, options.checkpoint);
  }

  /** When GetRecords was last sent, by performance.now. */
  get readAt(): number {
    return this.#readAt;
  }

  /**
   * The next page. An iterator lives five minutes: a slow handler outlives it, and reading goes on after the last
   * record read, wherever the checkpoint may be. Throws an InvalidCheckpointError, or the SDK's error, after which the
   * same page can be asked for again.
   */
  async next(): Promise<ShardPage> {
    this.#iterator ??= await this.#open();
    try {
      return await this.#read(this.#iterator);
    } catch (error) {
      if (!(error instanceof ExpiredIteratorException)) throw error;
      this.#options.onExpired();
      this.#iterator = await this.#open();
      return this.#read(this.#iterator);
    }
  }

  async #read(iterator: string): Promise<ShardPage> {
    const { kinesis, limit } = this.#options;
    this.#readAt = performance.now();
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }));
    const from = this.#position;
    const records = (answer.Records ?? []).flatMap(userRecords).filter((record) => isAfter(record, from));
    const sequenceNumber = answer.Records?.at(-1)?.SequenceNumber;
    if (sequenceNumber !== undefined) this.#position = { kind: 'after', sequenceNumber };
    this.#iterator = answer.NextShardIterator;
    return {
      records,
      millisBehindLatest: answer.MillisBehindLatest ?? 0,
      last: answer.NextShardIterator === undefined,
    };
  }

  async #open(): Promise<string> {
    const { kinesis, stream, shardId } = this.#options;
    const position = this.#position;
    if (position.kind === 'end') throw new InvalidCheckpointError(shardId, 'SHARD_END');
    const from = iteratorAt(position);
    try {
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ...from }),
      );
      if (ShardIterator !== undefined) return ShardIterator;
    } catch (cause) {
      if (!(cause instanceof InvalidArgumentException) || position.kind !== 'after') throw cause;
      throw new InvalidCheckpointError(shardId, position.sequenceNumber, { cause });
    }
    throw new UnexpectedAnswerError(`GetShardIterator of ${shardId} answered no iterator`);
  }
}

/** Whether the record is past the position; only within packed records can it not be. */
function isAfter({ sequenceNumber, subSequenceNumber }: UserRecord, position: Position): boolean {
  if (position.kind !== 'after' || position.sequenceNumber !== sequenceNumber) return true;
  return (subSequenceNumber ?? 0) > (position.subSequenceNumber ?? Number.POSITIVE_INFINITY);
}
