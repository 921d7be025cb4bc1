import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  InvalidArgumentException,
  type KinesisClient,
  type _Record,
} from '@aws-sdk/client-kinesis';
import { InvalidCheckpointError, UnexpectedAnswerError } from '../streaming.errors.js';
import { type Position, parseCheckpoint } from './checkpoint.js';

export interface ShardPage {
  readonly records: readonly _Record[];
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
    const records = answer.Records ?? [];
    const sequenceNumber = records.at(-1)?.SequenceNumber;
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
    if (position.kind === 'end') throw new InvalidCheckpointError(shardId, this.#options.checkpoint);
    const from =
      position.kind === 'trim-horizon'
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: position.sequenceNumber } as const);
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
