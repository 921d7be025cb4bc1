import { type BackoffOptions, type Timers, systemTimers } from '@lethe/kernel';
import type { DataOf, StreamDefinition } from '@lethe/topology';
import type { Handling, StreamBatch, StreamRecord } from './batch.js';
import type { DeadLetters } from './dead-letters/dead-letters.js';
import type { ShardCheckpoints } from './checkpoints/shard-checkpoints.js';
import type { ConsumerListener } from './stream-events.js';

/** When a failed handler is tried again, and when it is given up. */
export interface RetryOptions {
  /** Failures after which a batch is divided, and a single record parked; 5. Without dead letters there is no end. */
  readonly attempts?: number;
  /** Pause before the next attempt, with full jitter; 100 ms to 10 s. */
  readonly backoff?: BackoffOptions;
  /**
   * Whether the failure says nothing about the records, such as a database that is away: it is tried again for as long
   * as it takes, and costs no record its attempts. Default: never.
   */
  readonly isTransient?: (error: unknown) => boolean;
}

/** How records are handled. */
export interface HandlingOptions<D extends StreamDefinition> {
  readonly definition: D;
  /** Handles a batch, which has taken effect when the promise resolves. Delivery is at least once. */
  readonly handle?: (batch: StreamBatch<D>) => Promise<void>;
  /** Instead of `handle`: handles one record. */
  readonly handleRecord?: (record: StreamRecord<DataOf<D>>, handling: Handling) => Promise<void>;
  /** Records of one batch, at most 10,000; 500. */
  readonly batchSize?: number;
  /**
   * Handlers at a time in one shard; 1. With more, each has keys of its own, whose order is kept, and the checkpoint
   * follows behind what is done without a gap.
   */
  readonly parallelism?: number;
  readonly retry?: RetryOptions;
  /** Takes what cannot be handled. Without it such a record stops its shard, and only that. */
  readonly deadLetters?: DeadLetters;
  /** Where records go that cannot be read: by default to the dead letters, or to the handler if there are none. */
  readonly invalid?: 'dead-letters' | 'handler';
  /** Checkpoints beside the effects, for `parallelism` 1: see `PostgresCheckpoints`. */
  readonly checkpoints?: ShardCheckpoints;
  /** Milliseconds between checkpoints while there is much to read; 1,000. Idle and stopping checkpoint at once. */
  readonly checkpointIntervalMs?: number;
  readonly onEvent?: ConsumerListener;
  /** Time and chance; the system's. */
  readonly timers?: Timers;
}

export type HandlingSettings<D extends StreamDefinition> = Required<
  Omit<HandlingOptions<D>, 'handle' | 'handleRecord' | 'deadLetters' | 'checkpoints' | 'retry'>
> &
  Pick<HandlingOptions<D>, 'handle' | 'handleRecord' | 'deadLetters' | 'checkpoints'> & {
    readonly retry: Required<RetryOptions>;
    /** Name of the stream in AWS. */
    readonly stream: string;
    readonly application: string;
  };

/** Throws a TypeError where options contradict each other. */
export function handlingSettings<D extends StreamDefinition>(
  options: HandlingOptions<D> & { readonly stream: string; readonly application: string },
): HandlingSettings<D> {
  const { handle, handleRecord, deadLetters, checkpoints, parallelism = 1 } = options;
  const invalid = options.invalid ?? (deadLetters ? 'dead-letters' : 'handler');
  if ((handle === undefined) === (handleRecord === undefined)) {
    throw new TypeError('a consumer group has either handle or handleRecord');
  }
  if (invalid === 'dead-letters' && !deadLetters) throw new TypeError('invalid records have no dead letters to go to');
  if (parallelism !== 1 && checkpoints) throw new TypeError('checkpoints beside the effects want a parallelism of 1');
  if (!Number.isSafeInteger(parallelism) || parallelism < 1)
    throw new TypeError('parallelism is a whole number from 1');
  return {
    batchSize: 500,
    checkpointIntervalMs: 1_000,
    onEvent: () => undefined,
    timers: systemTimers,
    ...options,
    parallelism,
    invalid,
    retry: { attempts: 5, backoff: { base: 100, cap: 10_000 }, isTransient: () => false, ...options.retry },
  };
}
