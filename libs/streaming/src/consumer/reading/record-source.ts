import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Position } from '../leases/checkpoint.js';
import type { UserRecord } from '../../kpl/user-record.js';
import type { ReadingListener } from './reading-events.js';

/** What was read in one go: records in their order, of one shard. */
export interface ShardPage {
  /** Those that were packed are unpacked; may be none. */
  readonly records: readonly UserRecord[];
  /** Data and partition keys, as Kinesis counts them. */
  readonly bytes: number;
  /** How far the shard's last record was ahead when this was read; 0: there is no more yet. */
  readonly millisBehindLatest: number;
  /** The shard is closed and this was its last page. */
  readonly last: boolean;
}

/** Walks one shard from a position on, pacing itself; what is transient is retried inside, and events tell of it. */
export interface RecordSource {
  /**
   * The next page; undefined once `stop` aborts, also while nothing is read. After an undefined the same page can be
   * asked for again. Not to be called while a call is under way, nor after the last page. Throws an
   * InvalidCheckpointError.
   */
  next(stop: AbortSignal): Promise<ShardPage | undefined>;
  /** Ends what goes on in the background; nothing is read any more. */
  close(): void;
}

/** The shard to read, and where from. */
export interface SourceShard {
  readonly kinesis: KinesisClient;
  /** Name of the stream in AWS. */
  readonly stream: string;
  readonly shardId: string;
  /** Anything but the end. */
  readonly from: Position;
  readonly onEvent: ReadingListener;
}

/** A way to read shards: `polling`, `fanOut`, either of them `prefetched`. One for all shards of a consumer group. */
export type OpenSource = (shard: SourceShard) => RecordSource;
