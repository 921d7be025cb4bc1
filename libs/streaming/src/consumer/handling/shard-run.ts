import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { StreamDefinition } from '@lethe/topology';
import { pause } from '@lethe/kernel';
import { LeaseLostError } from '../../streaming.errors.js';
import { HeldLease } from '../leases/held-lease.js';
import type { TakenLease } from '../leases/lease-coordinator.js';
import type { LeaseTable } from '../leases/lease-table.js';
import { ShardPages } from '../shard-pages.js';
import { type ReadingOptions, ShardReader } from './shard-reader.js';

export interface ShardRunOptions<D extends StreamDefinition> {
  readonly kinesis: KinesisClient;
  readonly stream: string;
  readonly table: LeaseTable;
  readonly owner: string;
  readonly leaseDurationMs: number;
  readonly batchSize: number;
  readonly monotonic: () => number;
  readonly reading: ReadingOptions<D>;
}

export type ShardOutcome = 'ended' | 'stopped' | 'lost' | 'failed';

/** One worker's tenure of one shard: from taking the lease to letting go of it, one way or another. */
export class ShardRun<D extends StreamDefinition> {
  /** Resolves when the shard is let go of and no handler runs; never rejects. */
  readonly done: Promise<ShardOutcome>;
  readonly #options: ShardRunOptions<D>;
  readonly #held: HeldLease;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  #reader: ShardReader<D> | undefined;
  #heir: string | undefined;

  constructor(options: ShardRunOptions<D>, { lease, counter, takenAt }: TakenLease) {
    this.#options = options;
    const { table, owner, leaseDurationMs: durationMs, monotonic } = options;
    const onFailure = (error: unknown): void => {
      options.reading.onEvent({ type: 'failed', what: 'lease', shardId: lease.shardId, error });
    };
    this.#held = new HeldLease({ table, lease, owner, counter, durationMs, takenAt, monotonic, onFailure });
    this.done = this.#run();
  }

  get shardId(): string {
    return this.#held.shardId;
  }
  get millisBehindLatest(): number | undefined {
    return this.#reader?.millisBehindLatest;
  }

  /** Reads no more, waits for the handler, checkpoints, and gives the lease up: to `heir`, or to whoever takes it. */
  stop(heir?: string): void {
    this.#heir ??= heir;
    this.#stop.abort();
  }

  async #run(): Promise<ShardOutcome> {
    const renewing = this.#keepRenewed();
    try {
      return await this.#read();
    } catch (error) {
      return await this.#giveUp(error);
    } finally {
      this.#over.abort();
      await renewing;
    }
  }

  async #read(): Promise<ShardOutcome> {
    const { kinesis, stream, batchSize: limit, reading } = this.#options;
    const { shardId } = this;
    const onExpired = (): void => reading.onEvent({ type: 'iterator-expired', shardId });
    const checkpoint = this.#held.initialCheckpoint;
    const pages = new ShardPages({ kinesis, stream, shardId, checkpoint, limit, onExpired });
    const reader = new ShardReader(reading, this.#held, pages);
    this.#reader = reader;
    const outcome = await reader.run(this.#stop.signal);
    if (outcome === 'ended') {
      await this.#held.end();
      reading.onEvent({ type: 'shard-ended', shardId });
    } else {
      await this.#held.release(reader.uncheckpointed, this.#heir);
      reading.onEvent({ type: 'lease-released', shardId, to: this.#heir });
    }
    return outcome;
  }

  /** The lease is gone, or the shard cannot be read: then it is freed, without a checkpoint, for another to try. */
  async #giveUp(error: unknown): Promise<ShardOutcome> {
    const { onEvent } = this.#options.reading;
    const { shardId } = this;
    if (error instanceof LeaseLostError) {
      onEvent({ type: 'lease-lost', shardId, error });
      return 'lost';
    }
    onEvent({ type: 'failed', what: 'shard', shardId, error });
    try {
      await this.#held.release();
    } catch (releaseError) {
      onEvent({ type: 'failed', what: 'lease', shardId, error: releaseError });
    }
    return 'failed';
  }

  async #keepRenewed(): Promise<void> {
    const every = this.#options.leaseDurationMs / 3;
    for (;;) {
      await pause(every, AbortSignal.any([this.#over.signal, this.#held.lost]));
      if (this.#over.signal.aborted || this.#held.lost.aborted) return;
      try {
        await this.#held.renew(every);
      } catch (error) {
        // The loss aborts `held.lost`, through which the reader learns of it and reports it.
        if (!(error instanceof LeaseLostError)) throw error;
      }
    }
  }
}
