import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { type ShardRecord } from './stream-event.js';

/** What one look at a shard gave. */
export interface ShardPage {
  readonly records: readonly ShardRecord[];
  /** The shard is closed, and this was the last of it. */
  readonly ended: boolean;
}

/** Reads a shard from a checkpoint on, or from its beginning. */
export class ShardReader {
  #iterator: string | undefined;
  #after: string | undefined;

  constructor(
    private readonly kinesis: KinesisClient,
    private readonly streamName: string,
    private readonly shardId: string,
    checkpoint: string | undefined,
  ) {
    this.#after = checkpoint;
  }

  /** The next records, maybe none yet. Rejects with an error of the SDK; then the same records come next. */
  async next(limit: number, signal: AbortSignal): Promise<ShardPage> {
    this.#iterator ??= await this.#open(signal);
    if (this.#iterator === undefined) return { records: [], ended: true };
    try {
      const command = new GetRecordsCommand({ ShardIterator: this.#iterator, Limit: limit });
      const { Records = [], NextShardIterator } = await this.kinesis.send(command, { abortSignal: signal });
      this.#iterator = NextShardIterator;
      const records = Records.map((record) => ({
        sequenceNumber: record.SequenceNumber ?? '',
        partitionKey: record.PartitionKey ?? '',
        data: record.Data ?? new Uint8Array(),
        arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
      }));
      this.#after = records.at(-1)?.sequenceNumber ?? this.#after;
      return { records, ended: NextShardIterator === undefined };
    } catch (error) {
      this.#iterator = undefined;
      if (error instanceof ExpiredIteratorException) return { records: [], ended: false };
      throw error;
    }
  }

  async #open(signal: AbortSignal): Promise<string | undefined> {
    const where =
      this.#after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: this.#after };
    const command = new GetShardIteratorCommand({ StreamName: this.streamName, ShardId: this.shardId, ...where });
    return (await this.kinesis.send(command, { abortSignal: signal })).ShardIterator;
  }
}
